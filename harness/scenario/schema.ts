import { z } from "zod";

import { quantity } from "../config/quantity-schema.ts";
import { dnsLabel, map, oneOf, text, whole } from "../config/schema-parts.ts";

const rate = (description: string) =>
  z
    .number({ error: "a number of requests a second" })
    .positive({ error: "more than 0 requests a second" })
    .max(2000, { error: "at most 2000 requests a second" })
    .describe(description);

const load = map({
  function: oneOf(["hello-world", "payload-echo", "fib"], "Function that requests go to."),
  rate: rate("Requests a second: one in each period of 1/rate, at a random moment of it."),
  timeout: quantity("duration", "Until a request counts as timed out.").prefault("2s"),
  replicas: whole(1, "Pods of the function. Default: one for each node.").exactOptional(),
  path: text("Path and query behind the function's address, such as `?n=20`.").exactOptional(),
  body: quantity("size", "Bytes sent with each request, and expected back.").exactOptional(),
});

/** Keys of a fault that are not its parameters. */
export const faultFrame = {
  fault: text("Name of a fault of the catalogue: `edgeproof faults list`."),
  name: dnsLabel("Unique within the scenario. Default: the fault's name.").exactOptional(),
  target: z
    .unknown()
    .describe("What it is aimed at: machines, links or streams; docs/faults.md. None where that is the rig.")
    .optional(),
  at: quantity("duration", "From the beginning of the phase.").prefault("0s"),
  for: quantity("duration", "From when it is in force. Default: to the end of the phase.").exactOptional(),
  repeat: map({
    every: quantity("duration", "From one beginning to the next."),
    times: whole(2, "How often in all."),
  })
    .describe("The same again.")
    .exactOptional(),
};

const phaseLoad = map({ rate: rate("In this phase, instead of `load.rate`.") }).exactOptional();

const abortCondition = map({
  errorRate: map({
    above: quantity("share", "Share of probes of the function that were not answered."),
    over: quantity("duration", "Length of the sliding window."),
  })
    .describe("Asked by a probe of its own, about five a second.")
    .exactOptional(),
  notReadyOutside: z
    .literal(true, { error: "`true`" })
    .describe("A node that no fault is aimed at is NotReady.")
    .exactOptional(),
  notReadyNodes: map({ moreThan: whole(0, "Nodes that are NotReady at one time.") }).exactOptional(),
}).refine((condition) => Object.keys(condition).length === 1, {
  error: "exactly one of errorRate, notReadyOutside, notReadyNodes",
});

export const scenarioSchema = map({
  name: dnsLabel("Name of the scenario; the file's name by convention."),
  description: text("The question it asks."),
  notRun: text("Which half of it cannot be run, and why.").exactOptional(),
  topology: text("A topology by name or file.").default("quickstart"),
  load: load.describe("Runs in each phase, for as long as the phase's duration.").exactOptional(),
  observe: z
    .array(text("An observer."), { error: "a list of observers" })
    .describe("What is watched from the steady phase to the end of the healed one; docs/scenarios.md.")
    .default([]),
  phases: map({
    steady: map({
      duration: quantity("duration", "How long it takes."),
      load: phaseLoad,
    }).describe("Nothing is broken."),
    fault: map({
      duration: quantity("duration", "How long the load runs; the phase ends when the last fault is healed."),
      load: phaseLoad,
      faults: z
        .array(z.looseObject(faultFrame, { error: "a map of keys and values" }), {
          error: "a list of faults",
        })
        .min(1, { error: "a list of at least one fault" }),
      scale: map({
        at: quantity("duration", "From the beginning of the phase."),
        from: whole(1, "Replicas before the phase."),
        to: whole(1, "Replicas asked for."),
      })
        .describe("Scales the function out while the faults are in force.")
        .exactOptional(),
    }),
    healed: map({
      duration: quantity("duration", "How long it takes."),
      load: phaseLoad,
      settle: quantity(
        "duration",
        "The load waits until the function answers 150 requests in a row, at most this long. Default: it does not wait.",
      ).exactOptional(),
    }).describe("All faults are healed."),
  }),
  objectives: z
    .array(z.unknown(), { error: "a list of objectives" })
    .min(1, { error: "a list of at least one objective" })
    .describe("As in a file of objectives; phases are `steady`, `fault` and `healed`."),
  guard: map({
    maxNodes: whole(1, "Nodes that faults may touch at one time.").exactOptional(),
    fraction: quantity("share", "The same as a share of the cluster. Default: 50 %.").exactOptional(),
    allowServer: z
      .boolean({ error: "true or false" })
      .describe("Whether the only server may be touched.")
      .default(false),
    abort: z
      .array(abortCondition, { error: "a list of conditions" })
      .describe("Any of them ends the fault phase: its faults are healed, the healed phase is not run.")
      .default([]),
  }).prefault({}),
});

export type ScenarioInput = z.output<typeof scenarioSchema>;
export type AbortCondition = z.output<typeof abortCondition>;
