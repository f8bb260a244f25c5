import { rigError, type EdgeproofError } from "../errors.ts";

/** A constant arrival rate of requests to one function, during one phase. */
export interface LoadSpec {
  phase: string;
  fn: string;
  url: string;
  /** @default "POST" with a body, else "GET" */
  method?: string;
  /** Bytes sent, and expected back. @default 0 */
  bodyBytes?: number;
  ratePerSecond: number;
  durationMs: number;
  /** Until a request counts as timed out. @default 5000 */
  timeoutMs?: number;
  /** Requests that may be open at once; k6 drops what it has no virtual user for. @default `defaultVus` */
  vus?: number;
}

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
 * one takes a quarter of a megabyte of the tester's memory.
 */
export const defaultVus = (ratePerSecond: number, timeoutMs = defaultTimeoutMs): number =>
  Math.min(1000, Math.ceil((ratePerSecond * timeoutMs) / 1000) + 5);

/** Paths on the tester. */
export interface K6Files {
  script: string;
  /** Gzipped if it ends with `.gz`. */
  output: string;
  log: string;
}

/** How to run `fixtures/k6/function.ts`. */
export const k6Command = (spec: LoadSpec, { script, output, log }: K6Files): K6Command => {
  const bodyBytes = spec.bodyBytes ?? 0;
  const timeoutMs = spec.timeoutMs ?? defaultTimeoutMs;
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
      `json=${output}`,
      script,
    ],
    env: {
      K6_NO_USAGE_REPORT: "true",
      EP_URL: spec.url,
      EP_METHOD: spec.method ?? (bodyBytes > 0 ? "POST" : "GET"),
      EP_BODY_BYTES: String(bodyBytes),
      EP_RATE: String(spec.ratePerSecond),
      EP_DURATION_MS: String(spec.durationMs),
      EP_TIMEOUT_MS: String(timeoutMs),
      EP_VUS: String(spec.vus ?? defaultVus(spec.ratePerSecond, timeoutMs)),
      EP_PHASE: spec.phase,
      EP_FN: spec.fn,
    },
    deadlineMs: spec.durationMs + timeoutMs + 60_000,
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
