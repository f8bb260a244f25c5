import { z } from "zod";
import { CHANNELS } from "../record/messages.ts";
import { STORAGE_ANOMALIES } from "../check/storage-check.ts";
import { STORAGE_OPERATIONS } from "../record/storage.ts";
import { duration, keysLimit, limit, messageLimit, objectSize, observedLimit } from "./limit-schema.ts";

const name = (what: string) => {
  const error = `${what}: lower-case letters, digits and inner hyphens, such as \`hello-world\``;
  return z.string({ error }).regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error });
};

const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `one of ${values.join(", ")}` });

const anyOrName = (what: string) =>
  z.union([z.literal("*"), name(what)], { error: `\`*\`, or the name of a ${what}` });

const phases = (() => {
  const error = "the name of a phase, or how the names of several begin, such as `overhead-*`";
  return z.string({ error }).regex(/^[a-z0-9]([a-z0-9-]{0,61}([a-z0-9]|-\*))?$/, { error });
})();

const phaseScope = {
  phase: phases.exactOptional(),
  profile: name("a profile").exactOptional(),
  phaseKind: oneOf(["baseline", "steady", "fault", "healed", "scale-out"]).exactOptional(),
};
// `*` means one result for each of them that the run has.
const byFunction = { function: anyOrName("function").exactOptional() };
/** Whose samples: those of the other model are never looked at. */
const byModel = { model: oneOf(["open", "closed"]).exactOptional() };
const byClass = { deviceClass: anyOrName("device class").exactOptional() };

const byStore = { store: name("a store").exactOptional() };

const scope = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, { error: "a map" });

/** Of requests: by the node that answered, or by what it is. */
const requestScope = scope({
  ...phaseScope,
  ...byFunction,
  ...byModel,
  ...byClass,
  node: anyOrName("node").exactOptional(),
  site: anyOrName("site").exactOptional(),
}).refine(
  ({ deviceClass, node, site }) => [deviceClass, node, site].filter((one) => one !== undefined).length <= 1,
  { error: "one of `deviceClass`, `node` and `site`" },
);

const common = {
  name: name("a name"),
  description: z.string({ error: "a text" }).exactOptional(),
  /** Why it is expected to be missed; a miss does not fail the run then. */
  knownFailure: z
    .string({ error: "a text that says why" })
    .min(1, { error: "a text that says why" })
    .exactOptional(),
};

/** Each by itself, unless one is named. */
const byChannel = {
  channel: z.enum(["*", ...CHANNELS], { error: `\`*\`, or one of ${CHANNELS.join(", ")}` }).exactOptional(),
};

const pods = z.union([z.literal("all"), z.int().min(1).max(10_000)], { error: "a number of pods, or `all`" });

export const QUANTITIES = [
  "response-time",
  "error-rate",
  "availability",
  "throughput",
  "scale-out",
  "cold-start",
  "recovery",
  "observation",
  "message-loss",
  "message-duplicates",
  "message-round-trip",
  "storage-latency",
  "storage-lost",
] as const;

export const objectiveSchemas = {
  /** Quantile of the time from the intended start to the last byte; requests that did not complete are infinite. */
  "response-time": z.strictObject({
    ...common,
    quantity: z.literal("response-time"),
    percentile: oneOf(["p50", "p95", "p99"]),
    limit: duration,
    scope: requestScope,
  }),
  /** Share of the requests that were started and did not complete. */
  "error-rate": z.strictObject({
    ...common,
    quantity: z.literal("error-rate"),
    limit: limit("share", "<=", 0, 1, "a share above 0 % and below 100 %: no number of samples proves 0 %"),
    scope: requestScope,
  }),
  /** Share of the seconds of a load in which at least `good` of the requests that were to start completed. */
  availability: z.strictObject({
    ...common,
    quantity: z.literal("availability"),
    good: limit("share", ">=", 0, 1.000001, "a share above 0 %").exactOptional(),
    limit: limit("share", ">=", 0, 1, "a share above 0 % and below 100 %: no number of seconds proves 100 %"),
    scope: scope({ ...phaseScope, ...byFunction, ...byModel }),
  }),
  /** Completed requests a second, as a share of the offered rate. A dropped request has no node, hence no class. */
  throughput: z.strictObject({
    ...common,
    quantity: z.literal("throughput"),
    limit: limit("share", ">=", 0, 1, "a share above 0 % and below 100 %: no number of samples proves 100 %"),
    scope: scope({ ...phaseScope, ...byFunction }),
  }),
  /** Time from asking for the replicas until so many are ready, or have answered a request. */
  "scale-out": z
    .strictObject({
      ...common,
      quantity: z.literal("scale-out"),
      toReady: pods.exactOptional(),
      toAnswering: pods.exactOptional(),
      limit: duration,
      scope: scope({ ...phaseScope, ...byClass }),
    })
    .refine((value) => (value.toReady === undefined) !== (value.toAnswering === undefined), {
      error: "either `toReady` or `toAnswering`",
      path: ["toReady"],
    })
    .refine(
      (value) => value.scope.deviceClass === undefined || (value.toReady ?? value.toAnswering) === "all",
      {
        error:
          "no device class unless it is about `all` pods: which class gets how many is the scheduler's choice",
        path: ["scope", "deviceClass"],
      },
    ),
  /**
   * Time of a request to a function that has no pod. `worst`: of all of them, however few; a percentile needs as many as
   * its interval does. One that was never answered is infinite.
   */
  "cold-start": z.strictObject({
    ...common,
    quantity: z.literal("cold-start"),
    percentile: oneOf(["worst", "p50", "p95", "p99"]),
    limit: duration,
    scope: scope({ ...phaseScope, ...byFunction, ...byClass }),
  }),
  /** What happened after a node was killed; the device class is that of the node. */
  recovery: z.strictObject({
    ...common,
    quantity: z.literal("recovery"),
    measure: oneOf([
      "time-to-not-ready",
      "time-to-replacement-ready",
      "error-window",
      "time-to-node-ready-again",
    ]),
    limit: duration,
    scope: scope({ ...phaseScope, ...byClass }),
  }),
  /** What an observer saw; of several observations the worst counts, unless `*` asks for each. */
  observation: z
    .strictObject({
      ...common,
      quantity: z.literal("observation"),
      observable: name("an observable"),
      limit: observedLimit,
      scope: scope({
        ...phaseScope,
        ...byClass,
        /** Machine, pair or pod. */
        subject: z.string({ error: "`*`, or a subject as observed" }).min(1).exactOptional(),
      }),
    })
    .transform(({ limit, ...rest }) => ({ ...rest, ...limit })),
  /**
   * Messages that were promised and never came back: of the acknowledged ones; of the published ones, where the protocol
   * acknowledges nothing.
   */
  "message-loss": z
    .strictObject({
      ...common,
      quantity: z.literal("message-loss"),
      limit: messageLimit,
      scope: scope({ ...phaseScope, ...byChannel }),
    })
    .transform(({ limit, ...rest }) => ({ ...rest, ...limit })),
  /** Receptions beyond the first of a message. */
  "message-duplicates": z
    .strictObject({
      ...common,
      quantity: z.literal("message-duplicates"),
      limit: messageLimit,
      scope: scope({ ...phaseScope, ...byChannel }),
    })
    .transform(({ limit, ...rest }) => ({ ...rest, ...limit })),
  /** Quantile of the time from when a message was to be published to its answer; one that never came back is infinite. */
  "message-round-trip": z.strictObject({
    ...common,
    quantity: z.literal("message-round-trip"),
    percentile: oneOf(["p50", "p95", "p99"]),
    limit: duration,
    scope: scope({ ...phaseScope, ...byChannel }),
  }),
  /** Quantile of the time from the intended start of an operation on a store; what did not end well is infinite. */
  "storage-latency": z.strictObject({
    ...common,
    quantity: z.literal("storage-latency"),
    operation: oneOf(STORAGE_OPERATIONS),
    /** Of the object; without it, all sizes. */
    size: objectSize.exactOptional(),
    percentile: oneOf(["p50", "p95", "p99"]),
    limit: duration,
    scope: scope({ ...phaseScope, ...byStore }),
  }),
  /** Keys that the read-back of a phase shows to be lost or wrong, or their share of those with an acknowledged write. */
  "storage-lost": z
    .strictObject({
      ...common,
      quantity: z.literal("storage-lost"),
      /** @default any */
      anomaly: oneOf(["any", ...STORAGE_ANOMALIES]).exactOptional(),
      limit: keysLimit,
      scope: scope({ ...phaseScope, ...byStore }),
    })
    .transform(({ limit, ...rest }) => ({ ...rest, ...limit })),
};

export type ObjectiveInput = z.output<(typeof objectiveSchemas)[keyof typeof objectiveSchemas]>;
