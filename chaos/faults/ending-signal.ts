import { z } from "zod";

/** The parameter of faults that end a service. */
export const endingSignal = (byDefault: "SIGTERM" | "SIGKILL") =>
  z
    .enum(["SIGTERM", "SIGKILL"])
    .default(byDefault)
    .describe(`How it is ended: asked to (SIGTERM) or killed. Default ${byDefault}.`);
