import type { Transfer } from "../../../chaos/probe/transfer-main.ts";
import { CHARACTERIZE_PORT } from "../../config/nebula-layout.ts";
import { messageOf, rigError } from "../../errors.ts";
import { RUNTIME_PATH } from "../../rig/driver/runtime-folder.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { NODE_PROGRAM } from "./node-program.ts";

const KIB = 1024;
/** Tells how large a transfer is to be; counted only where it is the only one. */
const FIRST_BYTES = 64 * KIB;
const LEAST_BYTES = 64 * KIB;
const MOST_BYTES = 16 * KIB * KIB;
/** How long the way down should take: long enough for TCP to find its window, ms. */
const WANTED_MS = 80;
const LIMIT_MS = 5_000;
const START_LIMIT_MS = 10_000;
/** Stops by itself after this, should nobody stop it, s. */
const SERVE_SECONDS = 600;

/** Starts the echo on a node and resolves with its port; it ends with the signal. */
export function serveEcho(
  node: Pick<NodeHandle, "name" | "exec">,
  signal: AbortSignal,
): Promise<{ port: number; ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const late = (why: string) =>
      rigError("characterize-echo", `the echo did not start: ${why}`, { where: `node ${node.name}` });
    const timer = setTimeout(() => reject(late(`nothing within ${START_LIMIT_MS / 1000} s`)), START_LIMIT_MS);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((settle) => (end = settle));
    const failed = (why: string): void => {
      clearTimeout(timer);
      // Nothing where the port is known by now.
      reject(late(why));
      end();
    };
    node
      .exec([NODE_PROGRAM, "serve", "-port", String(CHARACTERIZE_PORT), "-for", `${SERVE_SECONDS}s`], {
        signal,
        timeoutMs: (SERVE_SECONDS + 10) * 1000,
        onLine: (line) => {
          clearTimeout(timer);
          resolve({ port: (JSON.parse(line) as { port: number }).port, ended });
        },
      })
      .then(
        () => failed("it ended at once"),
        (error: unknown) => failed(messageOf(error)),
      );
  });
}

/** What came down, from the first byte of the answer to the last. */
interface Passed {
  bytes: number;
  ms: number;
}

async function transfer(
  to: Pick<NodeHandle, "exec">,
  url: string,
  bytes: number,
  signal: AbortSignal,
): Promise<Passed> {
  const argv = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/transfer.mjs`, url, bytes, LIMIT_MS].map(String);
  const { stdout } = await to.exec(argv, { timeoutMs: LIMIT_MS + 5_000, signal });
  signal.throwIfAborted();
  const { downMs, error } = JSON.parse(stdout) as Transfer;
  if (downMs !== undefined) return { bytes, ms: downMs };
  throw rigError("characterize-transfer", error ?? `not back within ${LIMIT_MS / 1000} s`, { where: url });
}

/** So many bytes that they should take about `WANTED_MS`. */
export const transferBytes = ({ bytes, ms }: Passed): number =>
  Math.round(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, (bytes * WANTED_MS) / Math.max(ms, 0.1))));

/**
 * Transfers from the machine at `url`, which sends back what it got, to this one, each on a connection of its own, for so
 * long; at least one.
 */
export async function transfers(
  to: Pick<NodeHandle, "exec">,
  url: string,
  sliceMs: number,
  signal: AbortSignal,
): Promise<Passed[]> {
  const began = performance.now();
  const first = await transfer(to, url, FIRST_BYTES, signal);
  const bytes = transferBytes(first);
  const passed: Passed[] = [];
  let last = performance.now() - began;
  // One more only if it is likely to end in time.
  while (performance.now() - began + last < sliceMs) {
    const at = performance.now();
    passed.push(await transfer(to, url, bytes, signal));
    last = performance.now() - at;
  }
  return passed.length > 0 ? passed : [first];
}
