import { setMaxListeners } from "node:events";

import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";

/** npm and the terminal may each deliver one Ctrl-C; within this time they count as one. */
const SAME_PRESS_MS = 600;

/**
 * First Ctrl-C: the signal is aborted, loads end, faults are healed, what was made is removed. Second: leaves at once and
 * says what is left.
 */
export function onInterrupt(say: (message: string) => void): AbortSignal {
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
    process.stderr.write(
      "left at once: containers, networks or a Docker Engine started here may remain; `edgeproof heal` removes them\n",
    );
    process.exit(ExitCode.interrupted);
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return controller.signal;
}
