/**
 * Speaks to the WAN service of this machine: `wan-control clear|in-force|apply LINKS [--socket PATH]`, LINKS being JSON
 * as in `WanEngine.apply`. \`clear\` also succeeds where no service runs: the userspace back end lets nothing pass then,
 * and trees of netem that a killed service left are removed. On a node it succeeds as well where the service hangs.
 */
import { connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { EdgeproofError, rigError, usageError } from "../../harness/errors.ts";
import { netemTraces } from "./netem/netem-traces.ts";
import { WAN_SOCKET } from "./protocol.ts";
import { WanClient } from "./wan-client.ts";
import type { DirectedLink } from "./wan-engine.ts";

/** The guard of a node's leases gives an undo step 30 s. */
const CLEAR_LIMIT_MS = 8_000;

const USAGE = "wan-control clear|in-force|apply LINKS [--socket PATH]";

/** The service's socket; undefined if nobody listens there. */
function open(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      ["ENOENT", "ECONNREFUSED"].includes(error.code ?? "") ? resolve(undefined) : reject(error),
    );
  });
}

function linksOf(text: string | undefined): DirectedLink[] {
  try {
    return JSON.parse(text ?? "") as DirectedLink[];
  } catch {
    throw usageError("wan-control-usage", `the links are not JSON: ${text}`, { expected: USAGE });
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { socket: { type: "string", default: WAN_SOCKET } },
    allowPositionals: true,
  });
  const [command = "", text] = positionals;
  if (!["clear", "in-force", "apply"].includes(command)) {
    throw usageError("wan-control-usage", `there is no command "${command}"`, { expected: USAGE });
  }
  if (command === "clear") return clear(values.socket);
  const links = command === "apply" ? linksOf(text) : [];
  const socket = await open(values.socket);
  if (!socket) {
    throw usageError("wan-not-running", `no WAN service listens at ${values.socket}`, {
      where: "the WAN service's machine",
      fix: "Start it: bring the rig up again.",
    });
  }
  const wan = await WanClient.connect(socket);
  if (command === "apply") await wan.apply(links);
  else console.log(JSON.stringify(await wan.inForce()));
  await wan.close();
}

/** By the service where it can, else behind its back: it finds its trees gone then, and says that it works no more. */
async function clear(path: string): Promise<void> {
  const traces = netemTraces(path);
  const socket = await open(path);
  if (!socket) return traces.remove().catch(noTc);
  const done = WanClient.connect(socket).then(async (wan) => {
    await wan.clear();
    await wan.close();
  });
  const late = new Promise<never>((_, reject) => {
    const what = rigError("wan-no-answer", `the WAN service did not clear within ${CLEAR_LIMIT_MS / 1000} s`);
    setTimeout(() => reject(what), CLEAR_LIMIT_MS).unref();
  });
  try {
    await Promise.race([done, late]);
  } catch (error) {
    if (!(await traces.former.exist())) throw error;
    await traces.remove();
  }
}

/** Without tc there are no trees of ours. */
function noTc(error: unknown): void {
  if (!String(error).includes("ENOENT")) throw error;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof EdgeproofError ? error.format() : error);
    process.exit(error instanceof EdgeproofError ? error.exitCode : 1);
  },
);
