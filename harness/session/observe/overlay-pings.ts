import { setTimeout as delay } from "node:timers/promises";

import { type Probe, PingOutput } from "../../../chaos/probe/ping-output.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";

const INTERVAL_MS = 100;
/** A missing answer is lost after this. */
const TIMEOUT_MS = 1_000;
const LONGEST_MS = 3_600_000;
/** After the pinging machine itself went away. */
const RETRY_MS = 500;

/** Pings an overlay address until stopped, again and again should the pinging machine go down meanwhile. */
export class OverlayPings {
  private readonly from: NodeHandle;
  private readonly address: string;
  private readonly abort = new AbortController();
  private readonly outputs: PingOutput[] = [];
  private running: Promise<void> | undefined;

  constructor(from: NodeHandle, address: string) {
    this.from = from;
    this.address = address;
  }

  start(): this {
    this.running ??= this.run();
    return this;
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      const output = new PingOutput(TIMEOUT_MS);
      this.outputs.push(output);
      const argv = [
        "fping",
        "-D",
        "-l",
        "-i",
        "1",
        "-p",
        String(INTERVAL_MS),
        "-t",
        String(TIMEOUT_MS),
        this.address,
      ];
      await this.from
        .exec(argv, { allowFailure: true, timeoutMs: LONGEST_MS, onLine: output.line, signal })
        .catch(() => undefined);
      if (!stopped()) await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** All probes that had their full time, in the order in which they were sent. */
  async stop(): Promise<Probe[]> {
    this.abort.abort();
    await this.running;
    return this.outputs.flatMap((output) => output.settled().probes);
  }
}
