/** What became of a request: answered with 2xx, answered otherwise or not at all, or given up at its time limit. */
export type Outcome = "completed" | "failed" | "timed-out";

/**
 * How requests come: by a schedule, answered or not (`open`), or each when its user has had the answer before (`closed`).
 * Schroeder, Wierman & Harchol-Balter, Open Versus Closed: A Cautionary Tale, NSDI 2006.
 */
export type LoadModel = "open" | "closed";

/** One request, measured from its intended start; a closed load has none but the start itself. */
export interface Sample {
  /** Name of the phase. */
  phase: string;
  /** Name of the function. */
  fn: string;
  /** When the schedule wanted it to start. */
  intendedAt: number;
  /** When it was sent. */
  startedAt: number;
  /** From the intended start to the last byte, or to the failure. */
  durationMs: number;
  /** What became of it. */
  outcome: Outcome;
  /** HTTP status, 0 if there was none. */
  status: number;
  /** k6 error code (https://grafana.com/docs/k6/latest/javascript-api/error-codes/), 0 if none. */
  errorCode: number;
  /** From the function's answer; empty when there was none. */
  pod: string;
  /** Node of the pod that answered; empty when there was none. */
  node: string;
  /** Class of that node; empty when there was none. */
  deviceClass: string;
  /** Only on samples of a closed load, which are judged by nothing that does not ask for them. */
  model?: "closed";
}

/** Sample accounting of one phase: offered = completed + failed + timedOut + dropped, exactly. */
export interface LoadAccount {
  /** Name of the phase. */
  phase: string;
  /** Name of the function. */
  fn: string;
  /** Absent in old runs, which were open. */
  model?: LoadModel;
  /** Of an open load: where in its period each request was due; absent in old runs, which were even. */
  arrivals?: "spread" | "even";
  /** Of a closed load. */
  users?: number;
  /** Of a closed load: time before each request, ms. */
  thinkMs?: number;
  /**
   * rate x duration as asked for; of a closed load users x iterations, or what was offered where only its duration was
   * asked for: nobody can plan that.
   */
  planned: number;
  /** Requests that were due. */
  offered: number;
  /** Answered as they should be. */
  completed: number;
  /** Answered otherwise, or not at all. */
  failed: number;
  /** Given up at the time limit. */
  timedOut: number;
  /** Never started, because no virtual user was free. */
  dropped: number;
  /** Of a closed load: what it came to. */
  ratePerSecond: number;
  /** How long requests were sent, ms. */
  durationMs: number;
}
