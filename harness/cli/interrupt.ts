import { setMaxListeners } from "node:events";

import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";

/** npm and the terminal may each deliver one Ctrl-C; within this time they count as one. */
const SAME_PRESS_MS = 600;

export interface Interrupts {
  signal: AbortSignal;
  /**
   * Gives what would stay behind were the process to end now: one line each, read at that moment. Runs synchronously.
   */
  setRemains(remains: () => string[]): void;
}

/**
 * First Ctrl-C: the signal is aborted, loads end, faults are healed, what was made is removed. Second: leaves at once and
 * says what is left.
 */
export function watchInterrupts(say: (message: string) => void): Interrupts {
  let remains = (): string[] => [];
  const controller = new AbortController();
  // Builds, commands and loads that run at once all listen to it; Node warns of a leak beyond ten.
  setMaxListeners(100, controller.signal);
  let first: number | undefined;
  const handle = (): void => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      say("interrupted: healing and removing what was made (Ctrl-C again leaves at once)");
      controller.abort(new EdgeproofError("INTERRUPTED", ExitCode.interrupted, "interrupted"));
      return;
    }
    if (now - first < SAME_PRESS_MS) return;
    process.stderr.write(farewell(remains));
    process.exit(ExitCode.interrupted);
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return { signal: controller.signal, setRemains: (given) => (remains = given) };
}

/** `watchInterrupts` for what leaves nothing on a rig. */
export const onInterrupt = (say: (message: string) => void): AbortSignal => watchInterrupts(say).signal;

function farewell(remains: () => string[]): string {
  let lines: string[];
  try {
    lines = remains();
  } catch (error) {
    lines = [`(what is in force cannot be read: ${String(error)})`];
  }
  const known = lines.length > 0 ? `still in force:\n${lines.map((line) => `  ${line}\n`).join("")}` : "";
  const does = lines.length > 0 ? "undoes this, latest first, and removes" : "removes";
  return (
    `left at once: ${known}containers, networks or a Docker Engine started here may remain; ` +
    `\`edgeproof heal\` ${does} what this run made\n`
  );
}
