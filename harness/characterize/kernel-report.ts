import { z } from "zod";

import { rigError } from "../errors.ts";
import { medianEstimate, meanRatioEstimate, quantileEstimate, ratioEstimate } from "./estimate.ts";
import { characterizationSchema, type Estimate, type Machine, type ScoreName, type Scores } from "./model.ts";

const seriesSchema = z.object({
  kernel: z.string(),
  unit: z.string(),
  threads: z.int().positive(),
  stretchMs: z.number().positive(),
  perSecond: z.array(z.number().nonnegative()).min(1),
  checksum: z.string(),
});

const reportSchema = z.object({
  schema: z.literal(1),
  machine: characterizationSchema.shape.nodes.element.shape.machine,
  series: z.array(seriesSchema),
  sustained: seriesSchema,
  disk: z.object({ folder: z.string(), latenciesMs: z.array(z.number().nonnegative()) }),
  tookMs: z.number(),
});
type KernelReport = z.infer<typeof reportSchema>;

/** What fixtures/characterize found on one machine. */
export interface Measured {
  machine: Machine;
  scores: Scores;
  checksums: Record<string, string>;
  tookMs: number;
}

/** Parts of the longer run that are compared, ms. */
const BURST_MS = 500;
const SUSTAINED_MS = 2000;
const ON_ONE: readonly ScoreName[] = ["integer", "float", "memory", "crypto"];
const ON_ALL: readonly (readonly [ScoreName, string])[] = [
  ["integer-all", "integer"],
  ["memory-all", "memory"],
];

/**
 * Reads what `characterize measure` printed.
 *
 * @throws EdgeproofError where it is not that
 */
export function readKernelReport(text: string, node: string): Measured {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(node, "no JSON", cause);
  }
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) throw unreadable(node, z.prettifyError(parsed.error), parsed.error);
  const { machine, series, tookMs } = parsed.data;
  const checksums = Object.fromEntries(series.map(({ kernel, checksum }) => [kernel, checksum]));
  return { machine, scores: scoresOf(parsed.data), checksums, tookMs };
}

const unreadable = (node: string, what: string, cause: unknown) =>
  rigError("characterize-output", `what the kernels printed cannot be read: ${what}`, {
    where: `node ${node}`,
    expected: "the JSON object of fixtures/characterize",
    fix: "run it again; if it stays so, report it with the node's architecture",
    cause,
  });

function scoresOf({ machine, series, sustained, disk }: KernelReport): Scores {
  // On one core both runs of a kernel are on one thread, and the one on all cores is the later.
  const rate = (kernel: string, all: boolean): Estimate | undefined => {
    const threads = all ? machine.cores : 1;
    const own = series.filter((one) => one.kernel === kernel && one.threads === threads);
    return medianEstimate((all ? own.at(-1) : own[0])?.perSecond ?? []);
  };
  const scores: Partial<Record<ScoreName, Estimate | undefined>> = {
    ...Object.fromEntries(ON_ONE.map((name) => [name, rate(name, false)])),
    ...Object.fromEntries(ON_ALL.map(([name, kernel]) => [name, rate(kernel, true)])),
    sustained: sustainedRatio(sustained.perSecond, sustained.stretchMs),
    "fsync-p50": quantileEstimate(disk.latenciesMs, 0.5),
    "fsync-p99": quantileEstimate(disk.latenciesMs, 0.99),
  };
  scores.parallelism = ratioEstimate(scores["integer-all"], scores.integer);
  return Object.fromEntries(Object.entries(scores).filter(([, one]) => one !== undefined));
}

/** What is left of the speed of the first half second in the last two; undefined for a run that is too short. */
export function sustainedRatio(perSecond: readonly number[], stretchMs: number): Estimate | undefined {
  const first = Math.round(BURST_MS / stretchMs);
  const last = Math.round(SUSTAINED_MS / stretchMs);
  if (first < 1 || perSecond.length < first + last) return undefined;
  return meanRatioEstimate(perSecond.slice(-last), perSecond.slice(0, first));
}
