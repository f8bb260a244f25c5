import { setMaxListeners } from "node:events";

import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import type { ProbeSeries } from "./ping-output.ts";
import { pingProbe } from "./ping-probe.ts";

export interface ProbePair {
  from: NodeHandle;
  to: NodeHandle;
}

export interface ProbeSessionOptions {
  /** ms between the requests of a pair. @default 10 */
  intervalMs?: number;
  /** Time after which a missing answer is a loss, ms. */
  graceMs: number;
  /** See `pingProbe`. */
  bytes?: number;
  /** Settled probes of a burst. @default 60 */
  burst?: number;
}

/** Probes many pairs at once: bursts before and after, and without pause in between. */
export class LinkProbeSession {
  private readonly pairs: readonly ProbePair[];
  private readonly options: ProbeSessionOptions;
  private running:
    { abort: AbortController; series: Promise<PromiseSettledResult<ProbeSeries>[]> } | undefined;

  constructor(pairs: readonly ProbePair[], options: ProbeSessionOptions) {
    this.pairs = pairs;
    this.options = options;
  }

  /** One series for each pair, in the order of the pairs. */
  burst(): Promise<ProbeSeries[]> {
    const { burst: count = 60, ...options } = this.options;
    return Promise.all(this.pairs.map(({ from, to }) => pingProbe(from, to, { ...options, count })));
  }

  /** Begins to probe without pause. */
  start(): void {
    if (this.running) throw new Error("the probe session is running already");
    const abort = new AbortController();
    // One listener a pair; Node warns of a leak beyond ten.
    setMaxListeners(this.pairs.length + 1, abort.signal);
    const options = { ...this.options, signal: abort.signal };
    const series = Promise.allSettled(this.pairs.map(({ from, to }) => pingProbe(from, to, options)));
    this.running = { abort, series };
  }

  /** Ends what `start` began; rejects if a probe could not run. */
  async stop(): Promise<ProbeSeries[]> {
    if (!this.running) return [];
    const { abort, series } = this.running;
    this.running = undefined;
    abort.abort();
    return (await series).map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  }
}
