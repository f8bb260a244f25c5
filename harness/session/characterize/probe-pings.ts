import { PingOutput } from "../../../chaos/probe/ping-output.ts";
import { pingProbe } from "../../../chaos/probe/ping-probe.ts";
import { largestPassing, type Ping } from "../../characterize/path-figures.ts";
import type { TimePlan } from "../../characterize/time-plan.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";

/** After this a missing answer is a loss, ms: longer than any profile's round trip. */
const GRACE_MS = 1_000;
/** IPv4 and ICMP headers. */
const ICMP_OVERHEAD = 28;
/** Every host takes 576 bytes (RFC 791); 9000 is the usual jumbo frame. */
const SMALLEST = 576;
const LARGEST = 9_000;
const TRIES = 3;
const TRY_INTERVAL_MS = 50;
const TRY_GRACE_MS = 400;
const LIMIT_MS = 20_000;

/** Pings of one direction on one path. */
export async function pings(
  from: NodeHandle,
  to: NodeHandle,
  address: string,
  { pings: count, pingIntervalMs: intervalMs }: Pick<TimePlan, "pings" | "pingIntervalMs">,
): Promise<Ping[]> {
  const { probes } = await pingProbe(from, to, { count, intervalMs, graceMs: GRACE_MS, address });
  return probes;
}

/**
 * Longest IP packet that arrives with "do not fragment" set, by fping. Not by edgeproof's link meter: its datagrams are cut
 * by the sender's own kernel where its interface is too narrow, and arrive all the same.
 *
 * @param guess bytes, tried first
 */
export function largestPacket(
  from: Pick<NodeHandle, "exec">,
  address: string,
  guess: number,
): Promise<number | undefined> {
  return largestPassing({ low: SMALLEST, high: LARGEST, guess }, async (size) => {
    const output = new PingOutput(TRY_GRACE_MS);
    const argv = ["fping", "-D", "-M", "-b", size - ICMP_OVERHEAD, "-c", TRIES, "-i", "1"];
    await from.exec([...argv, "-p", TRY_INTERVAL_MS, "-t", TRY_GRACE_MS, address].map(String), {
      allowFailure: true,
      timeoutMs: LIMIT_MS,
      onLine: output.line,
    });
    return output.all().probes.some(({ rttMs }) => rttMs !== undefined);
  });
}
