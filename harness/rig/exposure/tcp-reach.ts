import { RUNTIME_PATH } from "../driver/runtime-folder.ts";
import type { NodeHandle } from "../node-handle.ts";

export interface TcpTarget {
  address: string;
  port: number;
}

/** `silent`: no answer at all, as of a firewall that drops. */
export type Reach = "open" | "refused" | "silent";

/** A handshake over a WAN without faults takes milliseconds; a lost SYN is sent again after 1 s. */
const LIMIT_MS = 1_600;
/** Names other errors, such as no route, as what they are: a scan that reached nobody must not look like a wall. */
const SCRIPT = `
const { connect } = require("node:net");
const targets = JSON.parse(process.argv[1]);
const ask = ({ address, port }) => new Promise((resolve) => {
  const socket = connect({ host: address, port });
  const end = (what) => (clearTimeout(timer), socket.destroy(), resolve(what));
  const timer = setTimeout(end, Number(process.argv[2]), "silent");
  socket.once("connect", () => end("open"));
  socket.once("error", ({ code }) => end(code === "ECONNREFUSED" ? "refused" : code));
});
Promise.all(targets.map(ask)).then((found) => console.log(JSON.stringify(found)));`;

/**
 * Connects from a machine to each target at once; one answer a target, in their order.
 *
 * @param limitMs until a target that has not answered is silent
 */
export async function tcpReach(
  from: NodeHandle,
  targets: readonly TcpTarget[],
  limitMs = LIMIT_MS,
): Promise<Reach[]> {
  const argv = [`${RUNTIME_PATH}/node`, "-e", SCRIPT, JSON.stringify(targets), String(limitMs)];
  const found = JSON.parse((await from.exec(argv, { timeoutMs: 20_000 + limitMs })).stdout) as string[];
  const odd = found.flatMap((one, index) => {
    const { address, port } = targets[index]!;
    return ["open", "refused", "silent"].includes(one) ? [] : [`${address}:${port}: ${one}`];
  });
  if (odd.length > 0) throw new Error(`${from.name} could not ask ${odd.join(", ")}`);
  return found as Reach[];
}
