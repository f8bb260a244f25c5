import { rigError } from "../errors.ts";
import type { LoadAccount, Outcome, Sample } from "../record/model.ts";
import type { Arrivals } from "../arrivals.ts";

/** The Trend metric that the k6 scripts emit once an iteration; its value is `Sample.durationMs`. */
const REQUEST_METRIC = "edgeproof_request";
/** Counts iterations that sent nothing, as their time was up or all that was planned had been sent. */
const SKIPPED_METRIC = "edgeproof_skipped";

interface OpenPlan {
  phase: string;
  fn: string;
  model: "open";
  /** Absent: even. */
  arrivals?: Arrivals;
  ratePerSecond: number;
  durationMs: number;
}

interface ClosedPlan {
  phase: string;
  fn: string;
  model: "closed";
  users: number;
  thinkMs: number;
  /** Of each user; undefined for a load that lasts for a time: then nobody planned a number of requests. */
  iterations?: number;
}

/** What was asked of k6 for one function in one phase. */
export type LoadPlan = OpenPlan | ClosedPlan;

export interface ParsedAccount {
  /** `offered` is k6's own count (`iterations` + `dropped_iterations`), the outcomes are counted from the samples. */
  account: LoadAccount;
  /** `offered - completed - failed - timedOut - dropped`: anything but 0 means that samples were lost or invented. */
  unaccounted: number;
}

export interface ParsedLoad {
  /** One for each plan, in the same order. */
  accounts: ParsedAccount[];
  /** Samples and k6 iterations that fit none of the plans. */
  strays: number;
  /** k6 was cut off in the middle of a line. */
  truncated: boolean;
}

interface Point {
  metric: string;
  type: string;
  data: {
    time: string;
    value: number;
    tags?: Record<string, string> | null;
    metadata?: Record<string, string>;
  };
}

interface Tally {
  model: LoadPlan["model"];
  samples: Record<Outcome, number>;
  iterations: number;
  skipped: number;
  dropped: number;
}

const outcomes: readonly string[] = ["completed", "failed", "timed-out"] satisfies Outcome[];

const metrics = [REQUEST_METRIC, SKIPPED_METRIC, "iterations", "dropped_iterations"];
const interesting = metrics.map((name) => `"${name}"`);

/** Whether a line may be about a request: most are k6's http_req_* metrics, and JSON.parse costs ten times as much. */
export const isOfInterest = (line: string): boolean => interesting.some((name) => line.includes(name));

const numeric = (text: string | undefined): number =>
  text === undefined || text === "" ? NaN : Number(text);

/** To the microsecond: k6's clock has no finer one, and the rest is what a double adds. */
const toMicros = (ms: number): number => Math.round(ms * 1000) / 1000;

/** The sample in a point, or what is wrong with it. */
const sampleOf = (point: Point): Sample | string => {
  // What varies by request is metadata: as tags, k6 would keep a time series for each value.
  const tags: Record<string, string> = { ...point.data.tags, ...point.data.metadata };
  const sample: Sample = {
    phase: tags.phase ?? "",
    fn: tags.fn ?? "",
    intendedAt: toMicros(numeric(tags.intended)),
    startedAt: toMicros(numeric(tags.started)),
    durationMs: toMicros(point.data.value),
    outcome: tags.outcome as Outcome,
    status: numeric(tags.status ?? "0"),
    errorCode: numeric(tags.error_code ?? "0"),
    pod: tags.pod ?? "",
    node: tags.node ?? "",
    deviceClass: tags.device_class ?? "",
  };
  if (!outcomes.includes(sample.outcome)) return `its outcome is \`${sample.outcome}\``;
  for (const [key, value] of Object.entries(sample)) {
    if (typeof value === "number" && !Number.isFinite(value)) return `its ${key} is not a number`;
  }
  return sample;
};

const badLine = (where: string, problem: string, cause?: unknown) =>
  rigError("k6-output", `k6's output cannot be read: ${problem}`, {
    where,
    expected: "lines as `k6 run --out json` writes them, with the tags that fixtures/k6 sets",
    fix: "keep the file and report it, with the k6 version",
    cause,
  });

const accountOf = (plan: LoadPlan, tally: Tally): ParsedAccount => {
  const { completed, failed, "timed-out": timedOut } = tally.samples;
  const { dropped } = tally;
  const offered = tally.iterations - tally.skipped + dropped;
  const counts = { offered, completed, failed, timedOut, dropped };
  const unaccounted = offered - completed - failed - timedOut - dropped;
  const { phase, fn, model } = plan;
  if (model === "open") {
    const planned = Math.round((plan.ratePerSecond * plan.durationMs) / 1000);
    return { account: { ...plan, planned, ...counts }, unaccounted };
  }
  const { users, thinkMs, iterations } = plan;
  const planned = iterations === undefined ? offered : users * iterations;
  // Its rate and its duration are what it came to: `achieved`.
  const account = { phase, fn, model, users, thinkMs, planned, ...counts, ratePerSecond: 0, durationMs: 0 };
  return { account, unaccounted };
};

/** Decides which plan a point belongs to: by its tags, or the only one there is where k6 did not set them. */
const findTally = (
  plans: readonly LoadPlan[],
  tallies: readonly Tally[],
  tags: Record<string, string>,
): Tally | undefined => {
  const fits = tallies.filter((_, index) => {
    const plan = plans[index]!;
    return (tags.phase ?? plan.phase) === plan.phase && (tags.fn ?? plan.fn) === plan.fn;
  });
  return fits.length === 1 ? fits[0] : undefined;
};

export interface SampleReaderOptions {
  plans: readonly LoadPlan[];
  /** Called for each sample as it comes. */
  onSample: (sample: Sample) => void;
  /** Called for each iteration that was dropped, with when: ms since the epoch. */
  onDrop?: (at: number) => void;
  /** Names what is read in errors. @default "k6 output" */
  source?: string;
}

/** Reads k6's NDJSON, line by line as it is written. */
export class SampleReader {
  private readonly options: SampleReaderOptions;
  private readonly tallies: Tally[];
  private strays = 0;
  private number = 0;
  private unfinished: { where: string; cause: unknown } | undefined;

  constructor(options: SampleReaderOptions) {
    this.options = options;
    this.tallies = options.plans.map(({ model }) => ({
      model,
      samples: { completed: 0, failed: 0, "timed-out": 0 },
      iterations: 0,
      skipped: 0,
      dropped: 0,
    }));
  }

  /** @throws EdgeproofError (`k6-output`, exit 3) where a line before this one, or what a sample has, is damaged */
  line(text: string): void {
    this.number++;
    const { unfinished } = this;
    if (unfinished) throw badLine(unfinished.where, "not a line of JSON", unfinished.cause);
    if (!isOfInterest(text)) return;
    const where = `${this.options.source ?? "k6 output"}:${this.number}`;
    let point: Point;
    try {
      point = JSON.parse(text) as Point;
    } catch (cause) {
      // The very last one may have been cut off.
      this.unfinished = { where, cause };
      return;
    }
    if (point.type === "Point" && metrics.includes(point.metric)) this.add(point, where);
  }

  /** What all lines came to. */
  finish(): ParsedLoad {
    return {
      accounts: this.options.plans.map((plan, index) => accountOf(plan, this.tallies[index]!)),
      strays: this.strays,
      truncated: this.unfinished !== undefined,
    };
  }

  private add(point: Point, where: string): void {
    const { plans, onSample, onDrop } = this.options;
    const { data, metric } = point;
    const tally = findTally(plans, this.tallies, data.tags ?? {});
    if (metric === REQUEST_METRIC) {
      const sample = sampleOf(point);
      if (typeof sample === "string") throw badLine(where, `a sample is not usable: ${sample}`);
      if (tally) tally.samples[sample.outcome]++;
      else this.strays++;
      onSample(tally?.model === "closed" ? { ...sample, model: "closed" } : sample);
      return;
    }
    if (tally) tally[counterOf(metric)] += data.value;
    else this.strays += data.value;
    if (metric === "dropped_iterations") onDrop?.(Date.parse(data.time));
  }
}

const counterOf = (metric: string): "iterations" | "skipped" | "dropped" => {
  if (metric === SKIPPED_METRIC) return "skipped";
  return metric === "iterations" ? "iterations" : "dropped";
};
