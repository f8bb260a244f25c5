/**
 * Speaks to the WAN service of this machine: `wan-control clear|in-force|apply LINKS [--socket PATH]`, LINKS being JSON
 * as in `WanEngine.apply`. `clear` also succeeds where no service runs: the userspace back end lets nothing pass then,
 * and trees of netem that a killed service left are removed.
 */
import { connect, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { EdgeproofError, usageError } from "../../harness/errors.ts";
import { removeNetem } from "./netem/netem-driver.ts";
import { WAN_SOCKET } from "./protocol.ts";
import { WanClient } from "./wan-client.ts";
import type { DirectedLink } from "./wan-engine.ts";

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
  const links = command === "apply" ? linksOf(text) : [];
  const socket = await open(values.socket);
  if (!socket) {
    if (command === "clear") return removeNetem().catch(noTc);
    throw usageError("wan-not-running", `no WAN service listens at ${values.socket}`, {
      where: "wan container",
      fix: "Start it: bring the rig up again.",
    });
  }
  const wan = await WanClient.connect(socket);
  if (command === "clear") await wan.clear();
  else if (command === "apply") await wan.apply(links);
  else console.log(JSON.stringify(await wan.inForce()));
  await wan.close();
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
