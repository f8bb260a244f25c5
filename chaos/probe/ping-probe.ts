import { rigError } from "../../harness/errors.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { PingOutput, type ProbeSeries } from "./ping-output.ts";

export interface PingOptions {
  /** Between requests, ms. The kernel's tick may make it longer (16 ms were seen for 10). @default 10 */
  intervalMs?: number;
  /** Time after which a missing answer is a loss, ms; above the longest round trip expected. */
  graceMs: number;
  /** Settled probes wanted. Without it: until `signal`. */
  count?: number;
  signal?: AbortSignal;
}

/** Longest continuous probe, s: bounds a ping whose harness is gone. */
const MAX_SECONDS = 3600;
const PING_TROUBLE = 2;

/** Pings the underlay address of `to` from `from`. Rejects with an `EdgeproofError` if ping itself cannot run. */
export async function pingProbe(
  from: NodeHandle,
  to: NodeHandle,
  options: PingOptions,
): Promise<ProbeSeries> {
  const { intervalMs = 10, graceMs, count, signal } = options;
  const output = new PingOutput(intervalMs);
  const argv = ["ping", "-n", "-D", "-O", "-i", String(intervalMs / 1000)];
  // Never both: with -w ping does not stop at -c requests but at -c answers.
  if (count === undefined) argv.push("-w", String(MAX_SECONDS));
  // Enough more that the wanted ones are settled when the last is sent. They bound the run as well.
  else argv.push("-c", String(count + Math.ceil(graceMs / intervalMs) + 1), "-W", "1");
  argv.push(to.underlay);
  const result = await from.exec(argv, {
    allowFailure: true,
    timeoutMs: (MAX_SECONDS + 10) * 1000,
    onLine: output.line,
    ...(signal ? { signal } : {}),
  });
  const { probes, duplicates } = output.settled(graceMs);
  if (!signal?.aborted && result.exitCode >= PING_TROUBLE) {
    throw rigError(
      "probe-failed",
      `ping to ${to.name} ended with ${result.exitCode}: ${result.stderr.trim()}`,
      {
        where: from.name,
        fix: "See that the machine has ping (iputils) and CAP_NET_RAW.",
      },
    );
  }
  return { from: from.name, to: to.name, probes: probes.slice(0, count), duplicates };
}
