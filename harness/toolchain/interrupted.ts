import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";

/** What a build that its caller stopped ends with. */
export const interruptedError = (signal: AbortSignal): EdgeproofError =>
  new EdgeproofError("build-interrupted", ExitCode.interrupted, "the build was stopped", {
    fix: "run again; what was built and downloaded is kept",
    cause: signal.reason,
  });
