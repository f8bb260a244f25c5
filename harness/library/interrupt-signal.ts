import { setMaxListeners } from "node:events";

import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";

let shared: AbortSignal | undefined;

/**
 * A signal that the first Ctrl-C (or SIGTERM) aborts, so that loads end, faults are healed and `await using` takes rigs
 * down. The second one ends the process as usual; `edgeproof heal` puts back what it left then. The same for the whole
 * process, and the default of `rig.up` and `session.open`.
 */
export function interruptSignal(): AbortSignal {
  if (shared) return shared;
  const controller = new AbortController();
  // Builds, commands and loads that run at once all listen to it; Node warns of a leak beyond ten.
  setMaxListeners(100, controller.signal);
  const abort = (): void => {
    process.off("SIGINT", abort);
    process.off("SIGTERM", abort);
    process.exitCode = ExitCode.interrupted;
    controller.abort(new EdgeproofError("INTERRUPTED", ExitCode.interrupted, "interrupted"));
  };
  process.on("SIGINT", abort);
  process.on("SIGTERM", abort);
  return (shared = controller.signal);
}
