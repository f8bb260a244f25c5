import { z } from "zod";

import { sloNames } from "./slo.ts";

/** Version of the file that a scale run is written to. */
export const SCALE_SCHEMA = 1;

/** Infinite ends are null in JSON. */
const figureSchema = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.int(),
});
/** A 99th percentile, ms, with its 95 % interval; null is infinite, and of `value` that there is none. */
export type TailFigure = z.infer<typeof figureSchema>;

const callSchema = z.object({
  slo: z.enum(sloNames),
  /** With its subresource and group: `pods/status`. */
  resource: z.string(),
  /** Verb of a mutating call, scope of a reading one. */
  of: z.string(),
  p99: figureSchema,
});
/** One pair of the SLIs on API calls. */
export type CallFigure = z.infer<typeof callSchema>;

const processSchema = z.object({
  machine: z.string(),
  /** The service's name. */
  name: z.string(),
  /** CPU seconds a second. */
  cores: z.number(),
  rssBytes: z.number(),
});
export type ProcessFigure = z.infer<typeof processSchema>;

const bytesSchema = z.object({ received: z.number(), sent: z.number() });

const stepSchema = z.object({
  /** Simulated nodes, and steady pods on them. */
  nodes: z.int(),
  pods: z.int(),
  /** From the first node's creation to the last node Ready and untainted, and to the last steady pod running, ms. */
  nodesReadyMs: z.number(),
  podsRunningMs: z.number(),
  windowMs: z.number(),
  calls: z.array(callSchema),
  /** Of pods that were created one after the other while the window ran. */
  podStart: figureSchema,
  /** Of the steady pods, which were created as fast as the API took them: no steady state, so no SLO is judged by it. */
  growthPodStart: figureSchema,
  processes: z.array(processSchema),
  /** Of the tester's own process: what creates, watches and measures. */
  tester: z.object({ cores: z.number(), rssBytes: z.number() }),
  /** API calls a second, by verb and resource; watches that were begun among them. */
  callRates: z.array(z.object({ verb: z.string(), resource: z.string(), perSecond: z.number() })),
  /** Updates of Lease objects a second. */
  leasesPerSecond: z.number(),
  /** Bytes a second of the machine from which the simulated nodes speak. */
  network: z.object({ overlay: bytesSchema, underlay: bytesSchema }),
  datastore: z.object({
    /** As the API server was told; absent where it was told nothing. */
    bytes: z.number().exactOptional(),
    /** Of the API server's calls to the datastore, by operation. */
    p99: z.array(z.object({ operation: z.string(), p99: figureSchema })),
  }),
  host: z.object({
    phase: z.string(),
    cores: z.number(),
    cpuBusy: z.number(),
    cpuSteal: z.number(),
    psiCpuSome: z.number().exactOptional(),
  }),
  /** Share of the host's cores that the rig and the tester used themselves. */
  ownShare: z.number(),
});
export type ScaleStep = z.infer<typeof stepSchema>;

export const scaleSchema = z.object({
  schema: z.literal(SCALE_SCHEMA),
  rig: z.string(),
  topology: z.string(),
  engine: z.string(),
  wanBackend: z.string(),
  /** Network profile that was in force, and the machine whose link all heartbeats crossed. */
  profile: z.string(),
  from: z.string(),
  server: z.string(),
  /** ms since the epoch. */
  startedAt: z.number(),
  tookMs: z.number(),
  versions: z.record(z.string(), z.string()),
  asked: z.object({
    steps: z.array(z.int()),
    podsPerNode: z.int(),
    windowMs: z.number(),
    /** Pods created a second while the window runs; as many are deleted. */
    podsPerSecond: z.number(),
    /** Seconds that a lease lasts; a node renews it four times in that time. */
    leaseSeconds: z.number(),
  }),
  steps: z.array(stepSchema),
  /** Why it did not grow further, where it did not. */
  stopped: z.string().exactOptional(),
  /** What went wrong with the rig; nothing can be said then. */
  troubles: z.array(z.string()),
});
export type ScaleRun = z.infer<typeof scaleSchema>;

interface Estimated {
  value: number;
  low: number;
  high: number;
  n: number;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** `factor`: from the estimate's unit to ms. */
export const tailFigure = ({ value, low, high, n }: Estimated, factor = 1): TailFigure => ({
  value: finite(value * factor),
  low: low === -Infinity ? 0 : finite(low * factor),
  high: finite(high * factor),
  n,
});
