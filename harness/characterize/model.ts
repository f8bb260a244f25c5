import { z } from "zod";

/** Version of the file that a characterization is written to. */
export const CHARACTERIZATION_SCHEMA = 1;

/**
 * What is measured of a machine by itself. `-all` is on all cores at once, the others on one; docs/characterize.md says
 * what each kernel does. Rates: more is better; `fsync-*`: less is.
 */
export const SCORES = {
  integer: { unit: "rounds/s", title: "sieve and xorshift, one core" },
  float: { unit: "flop/s", title: "product of 64 x 64 doubles, one core" },
  memory: { unit: "bytes/s", title: "STREAM triad, one core" },
  crypto: { unit: "bytes/s", title: "AES-256-GCM of 1300-byte packets, one core" },
  "integer-all": { unit: "rounds/s", title: "sieve and xorshift, all cores" },
  "memory-all": { unit: "bytes/s", title: "STREAM triad, all cores" },
  parallelism: { unit: "ratio", title: "integer on all cores, over one core" },
  sustained: { unit: "ratio", title: "last 2 s over first 0.5 s, integer on all cores" },
  "fsync-p50": { unit: "ms", title: "4 KiB and fsync, median" },
  "fsync-p99": { unit: "ms", title: "4 KiB and fsync, 99th percentile" },
} as const;

export type ScoreName = keyof typeof SCORES;
export type ScoreUnit = (typeof SCORES)[ScoreName]["unit"];
export const scoreNames = Object.keys(SCORES) as ScoreName[];

export const estimateSchema = z.strictObject({
  value: z.number(),
  /** Ends of the 95 % interval; absent where there are too few samples for that side. */
  low: z.number().exactOptional(),
  high: z.number().exactOptional(),
  n: z.int(),
});
/** A figure with its interval, in the unit of what it estimates. */
export type Estimate = z.infer<typeof estimateSchema>;

const machineSchema = z.object({
  architecture: z.string(),
  model: z.string(),
  cores: z.int().positive(),
  quotaCpus: z.number().positive().exactOptional(),
  memoryMiB: z.number(),
  kernel: z.string(),
  go: z.string(),
});
/** The machine as the program found it; `quotaCpus` is its control group's limit, in CPUs. */
export type Machine = z.infer<typeof machineSchema>;

export const scoresSchema = z.partialRecord(z.enum(scoreNames), estimateSchema);
export type Scores = z.infer<typeof scoresSchema>;

const nodeSchema = z.object({
  node: z.string(),
  deviceClass: z.string(),
  machine: machineSchema,
  scores: scoresSchema,
  /** What a kernel came to, in hexadecimal: the same on every machine that computes rightly. */
  checksums: z.record(z.string(), z.string()),
  nearest: z.object({ class: z.string().exactOptional(), text: z.string() }),
  tookMs: z.number(),
});
export type NodeCharacterization = z.infer<typeof nodeSchema>;

const pathSchema = z.object({
  /** Median round trip, ms. */
  rttMs: estimateSchema.exactOptional(),
  /** Median difference of successive round trips, ms. */
  jitterMs: estimateSchema.exactOptional(),
  /** Share of pings without an answer. */
  loss: estimateSchema.exactOptional(),
  /** Goodput of one new TCP connection, bits/s. */
  bandwidthBps: estimateSchema.exactOptional(),
  /** Longest IP packet that passes unfragmented, bytes. */
  largestPacket: z.int().exactOptional(),
});
/** What one direction of a pair is like on the underlay or on the overlay; absent is what was not measured. */
export type PathFigures = z.infer<typeof pathSchema>;

const pairSchema = z.object({
  from: z.string(),
  to: z.string(),
  underlay: pathSchema,
  overlay: pathSchema,
  /** Overlay less underlay, of pings that were sent together, ms. */
  overlayCostMs: estimateSchema.exactOptional(),
  /** What could not be measured, and why. */
  notes: z.array(z.string()),
});
export type PairFigures = z.infer<typeof pairSchema>;

const calibrationSchema = z.object({ class: z.string(), fits: z.boolean(), text: z.string() });

export const characterizationSchema = z.object({
  schema: z.literal(CHARACTERIZATION_SCHEMA),
  rig: z.string(),
  topology: z.string(),
  /** ms since the epoch. */
  startedAt: z.number(),
  tookMs: z.number(),
  /** Whether the nodes were measured one after the other, as those of one host have to be. */
  oneByOne: z.boolean(),
  versions: z.record(z.string(), z.string()),
  nodes: z.array(nodeSchema),
  pairs: z.array(pairSchema),
  calibrations: z.array(calibrationSchema),
  /** What is to be known about the whole. */
  notes: z.array(z.string()),
});
export type Characterization = z.infer<typeof characterizationSchema>;
