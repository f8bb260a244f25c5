import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { rigError } from "../errors.ts";
import type { LoadAccount, Outcome, Sample } from "../record/model.ts";

/** The Trend metric that the k6 scripts emit once an iteration; its value is `Sample.durationMs`. */
const REQUEST_METRIC = "edgeproof_request";
/** Counts iterations of a closed load that sent nothing, as their time was up. */
const SKIPPED_METRIC = "edgeproof_skipped";

interface OpenPlan {
  phase: string;
  fn: string;
  model: "open";
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
  /** k6 was cut off in the middle of a line or of the gzip stream. */
  truncated: boolean;
}

interface Point {
  metric: string;
  type: string;
  data: { value: number; tags?: Record<string, string> | null; metadata?: Record<string, string> };
}

interface Tally {
  model: LoadPlan["model"];
  samples: Record<Outcome, number>;
  iterations: number;
  skipped: number;
  dropped: number;
}

const outcomes: readonly string[] = ["completed", "failed", "timed-out"] satisfies Outcome[];

// Most lines are k6's http_req_* metrics: looking for a name is an order of magnitude cheaper than JSON.parse.
const metrics = [REQUEST_METRIC, SKIPPED_METRIC, "iterations", "dropped_iterations"];
const interesting = metrics.map((name) => `"${name}"`);

const numeric = (text: string | undefined): number =>
  text === undefined || text === "" ? NaN : Number(text);

/** The sample in a point, or what is wrong with it. */
const sampleOf = (point: Point): Sample | string => {
  // What varies by request is metadata: as tags, k6 would keep a time series for each value.
  const tags: Record<string, string> = { ...point.data.tags, ...point.data.metadata };
  const sample: Sample = {
    phase: tags.phase ?? "",
    fn: tags.fn ?? "",
    intendedAt: numeric(tags.intended),
    startedAt: numeric(tags.started),
    durationMs: point.data.value,
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

/**
 * Reads k6's NDJSON line by line and hands each sample over. `source` names it in errors. Rig error `k6-output`
 * (exit 3) for a line that is damaged anywhere but at the very end.
 */
export const parseSamples = async (
  lines: AsyncIterable<string> | Iterable<string>,
  plans: readonly LoadPlan[],
  onSample: (sample: Sample) => void,
  source = "k6 output",
): Promise<ParsedLoad> => {
  const tallies = plans.map(({ model }): Tally => ({
    model,
    samples: { completed: 0, failed: 0, "timed-out": 0 },
    iterations: 0,
    skipped: 0,
    dropped: 0,
  }));
  let strays = 0;
  let number = 0;
  let unfinished: { where: string; cause: unknown } | undefined;
  const add = (point: Point, where: string): void => {
    if (point.type !== "Point") return;
    const tally = findTally(plans, tallies, point.data.tags ?? {});
    if (point.metric === REQUEST_METRIC) {
      const sample = sampleOf(point);
      if (typeof sample === "string") throw badLine(where, `a sample is not usable: ${sample}`);
      if (tally) tally.samples[sample.outcome]++;
      else strays++;
      onSample(tally?.model === "closed" ? { ...sample, model: "closed" } : sample);
    } else if (tally) {
      tally[counterOf(point.metric)] += point.data.value;
    } else strays += point.data.value;
  };
  for await (const line of lines) {
    number++;
    if (unfinished) throw badLine(unfinished.where, "not a line of JSON", unfinished.cause);
    if (line === "" || !interesting.some((name) => line.includes(name))) continue;
    const where = `${source}:${number}`;
    let point: Point;
    try {
      point = JSON.parse(line) as Point;
    } catch (cause) {
      unfinished = { where, cause };
      continue;
    }
    if (metrics.includes(point.metric)) add(point, where);
  }
  return {
    accounts: plans.map((plan, index) => accountOf(plan, tallies[index]!)),
    strays,
    truncated: unfinished !== undefined,
  };
};

const counterOf = (metric: string): "iterations" | "skipped" | "dropped" => {
  if (metric === SKIPPED_METRIC) return "skipped";
  return metric === "iterations" ? "iterations" : "dropped";
};

const isGzip = async (file: string): Promise<boolean> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
};

/** The same for a file, plain or gzip (told by its first bytes). */
export const parseSampleFile = async (
  file: string,
  plans: readonly LoadPlan[],
  onSample: (sample: Sample) => void,
): Promise<ParsedLoad> => {
  let cutOff = false;
  async function* lines(): AsyncGenerator<string> {
    const gzipped = await isGzip(file);
    const raw = createReadStream(file);
    const plain = gzipped ? raw.pipe(createGunzip()) : raw;
    raw.once("error", (error) => plain.destroy(error));
    try {
      yield* createInterface({ input: plain, crlfDelay: Infinity });
    } finally {
      raw.destroy();
    }
  }
  async function* tolerant(): AsyncGenerator<string> {
    try {
      yield* lines();
    } catch (error) {
      // zlib's word for a gzip stream without its end: k6 was killed.
      if ((error as NodeJS.ErrnoException).code !== "Z_BUF_ERROR") throw badLine(file, "read error", error);
      cutOff = true;
    }
  }
  const parsed = await parseSamples(tolerant(), plans, onSample, file);
  return { ...parsed, truncated: parsed.truncated || cutOff };
};
