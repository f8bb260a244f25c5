import { type Arrivals, spreadSeed } from "../arrivals.ts";
import { rigError, type EdgeproofError } from "../errors.ts";
import { type Segment, segmentArguments } from "./segments.ts";

/** What is asked, of one function during one phase. */
interface LoadTarget {
  phase: string;
  /** Name of a deployed function. */
  fn: string;
  url: string;
  /** The Host header, where it is not the address. */
  host?: string;
  /** @default "POST" with a body, else "GET" */
  method?: string;
  /** Bytes sent, and expected back. @default 0 */
  bodyBytes?: number;
  /** A file of this machine that is sent; any answer of the function counts. @default none */
  bodyFile?: string;
  /** Requests of a chain by the client, each with the body of the answer before it; the chain is one sample. @default 1 */
  steps?: number;
  /** Until a request counts as timed out. @default 5000 */
  timeoutMs?: number;
}

/** A constant arrival rate. */
export interface OpenLoad extends LoadTarget {
  model?: "open";
  /** Requests a second: one in each period of 1/rate. */
  ratePerSecond: number;
  /** Where in its period a request is due. @default "spread" */
  arrivals?: Arrivals;
  /** Draws the moments of a spread load; other ones for each function and phase. @default 1 */
  seed?: number;
  /** How long requests are sent, ms. */
  durationMs: number;
  /** Requests that may be open at once; k6 drops what it has no virtual user for. @default `defaultVus` */
  vus?: number;
  /** k6 processes that share it, each with its own slots of the schedule. @default 1 */
  instances?: number;
  /** Which part of it this process offers. @default all */
  segment?: Segment;
  /** When the schedule begins, ms since the epoch; processes that share it have one. @default as soon as k6 is ready */
  startAt?: number;
}

/** Users who each think, ask, and wait for the answer before they think again. */
export interface ClosedLoad extends LoadTarget {
  model: "closed";
  /** Users at one time. */
  users: number;
  /** Before each request, those of a chain included. */
  thinkMs: number;
  /** How long it goes on: so many iterations of each user, or a time. */
  until:
    | {
        /** Of each user. */
        iterations: number;
      }
    | {
        /** For all users, ms. */
        durationMs: number;
      };
}

export type LoadSpec = OpenLoad | ClosedLoad;

export interface K6Command {
  /** Arguments after the program's name. */
  argv: string[];
  env: Record<string, string>;
  /** When k6 must have ended, in milliseconds from its start. */
  deadlineMs: number;
}

const defaultTimeoutMs = 5000;

/**
 * Virtual users that never run out, even if no request is answered before its timeout (Little's law), up to a limit:
 * one takes a quarter of a megabyte of the tester's memory. One of them waits for its moment in a slot.
 */
export const defaultVus = (ratePerSecond: number, timeoutMs = defaultTimeoutMs): number =>
  Math.min(1000, Math.ceil((ratePerSecond * timeoutMs) / 1000) + 6);

/** k6 deals slots out as it deals out virtual users: parts are equal only of a number that they divide. */
const equalParts = (vus: number, parts: number): number => Math.ceil(vus / parts) * parts;

/** Paths on the tester. */
export interface K6Files {
  script: string;
  /** What is sent, if it is a file. */
  body: string;
  log: string;
}

/** Which script of fixtures/k6 makes it. */
export const k6Script = ({ model = "open" }: LoadSpec): string =>
  model === "open" ? "function.ts" : "closed.ts";

/** What is particular to a model: its environment, and the longest time for which it sends requests. */
const modelOf = (spec: LoadSpec, timeoutMs: number): { env: Record<string, string>; longestMs: number } => {
  if (spec.model === "closed") {
    const { users, thinkMs, until, steps = 1 } = spec;
    const iterations = "iterations" in until ? until.iterations : 0;
    // If nothing is ever answered.
    const slowest = iterations * steps * (thinkMs + timeoutMs);
    const durationMs = "durationMs" in until ? until.durationMs : slowest + 1000;
    return {
      env: {
        EP_USERS: String(users),
        EP_ITERATIONS: String(iterations),
        EP_THINK_MS: String(thinkMs),
        EP_DURATION_MS: String(durationMs),
      },
      longestMs: durationMs,
    };
  }
  const { ratePerSecond, durationMs, steps = 1, vus = defaultVus(ratePerSecond, timeoutMs * steps) } = spec;
  return {
    env: {
      EP_RATE: String(ratePerSecond),
      EP_DURATION_MS: String(durationMs),
      EP_VUS: String(equalParts(vus, spec.segment?.of ?? 1)),
      ...(spec.arrivals === "even"
        ? {}
        : { EP_SPREAD_SEED: String(spreadSeed(spec.seed ?? 1, spec.phase, spec.fn)) }),
      ...(spec.startAt === undefined ? {} : { EP_START_AT: String(spec.startAt) }),
    },
    // The last request may be due at the very end of its period.
    longestMs: durationMs + 1000 / ratePerSecond,
  };
};

/** How to run a script of fixtures/k6. */
export const k6Command = (spec: LoadSpec, { script, body, log }: K6Files): K6Command => {
  const { bodyBytes = 0, bodyFile, steps = 1, timeoutMs = defaultTimeoutMs } = spec;
  const { env, longestMs } = modelOf(spec, timeoutMs);
  const posts = bodyBytes > 0 || bodyFile !== undefined;
  return {
    argv: [
      "run",
      "--quiet",
      "--no-color",
      "--summary-mode=disabled",
      "--no-usage-report",
      // An empty address: no REST API, and so no port that two runs would fight for.
      "--address=",
      // Without a level, k6 prints a line for each failed request.
      `--log-output=file=${log},level=error`,
      "--out",
      // To standard output.
      "json=-",
      ...(spec.model === "closed" || !spec.segment ? [] : segmentArguments(spec.segment)),
      script,
    ],
    env: {
      K6_NO_USAGE_REPORT: "true",
      EP_URL: spec.url,
      ...(spec.host === undefined ? {} : { EP_HOST: spec.host }),
      EP_METHOD: spec.method ?? (posts ? "POST" : "GET"),
      EP_BODY_BYTES: String(bodyBytes),
      ...(bodyFile === undefined ? {} : { EP_BODY_FILE: body }),
      EP_STEPS: String(steps),
      EP_TIMEOUT_MS: String(timeoutMs),
      EP_PHASE: spec.phase,
      EP_FN: spec.fn,
      ...env,
    },
    deadlineMs: longestMs + timeoutMs * steps + 60_000,
  };
};

/** https://github.com/grafana/k6/blob/v1.8.1/errext/exitcodes/codes.go */
const reasons: Readonly<Record<number, string>> = {
  99: "its thresholds failed, though none are set",
  102: "it timed out",
  104: "its configuration is invalid",
  105: "it was stopped by a signal",
  106: "its REST API could not start",
  107: "the script threw an exception",
  108: "the script was aborted",
  109: "it panicked",
  137: "it was killed, perhaps for want of memory",
};

/** What k6's exit code means; undefined for success. */
export const k6Failure = (exitCode: number, log: string, where: string): EdgeproofError | undefined => {
  if (exitCode === 0) return undefined;
  const reason = reasons[exitCode] ?? "for no reason it has a code for";
  const lastLines = log.trim().split("\n").slice(-3).join("\n").slice(-1000);
  return rigError("k6-failed", `k6 ended with ${exitCode}: ${reason}`, {
    where,
    expected: "exit code 0",
    fix: "read what k6 printed last, below",
    cause: new Error(lastLines || "it printed nothing"),
  });
};
