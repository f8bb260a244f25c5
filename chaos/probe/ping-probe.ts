import { rigError } from "../../harness/errors.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { onTesterClock } from "./node-clock.ts";
import { PING_BYTES, PingOutput, type ProbeSeries } from "./ping-output.ts";

export interface PingOptions {
  /** Between requests, ms. @default 10 */
  intervalMs?: number;
  /** Time after which a missing answer is a loss, ms; above the longest round trip expected. */
  graceMs: number;
  /** Requests to send; each is waited for. Without it: until `signal`. */
  count?: number;
  signal?: AbortSignal;
  /** @default the underlay address of `to` */
  address?: string;
  /** Of the request, with its headers from IP on. @default 84 */
  bytes?: number;
}

/** Of IPv4 and of ICMP. */
const PING_HEADERS = 20 + 8;
/** Longest continuous probe, s: bounds one whose harness is gone. */
const MAX_SECONDS = 3600;
/** fping's exit codes: 0 all answered, 1 not all; above that it could not work. */
const FPING_TROUBLE = 2;

/**
 * Sends echo requests from `from` to `to`. By fping and not by ping: iputils' ping waits for its
 * next request in a busy loop, a quarter of a core for each pair, and so disturbs what is measured. Rejects with an
 * `EdgeproofError` if fping itself cannot run.
 */
export async function pingProbe(
  from: NodeHandle,
  to: NodeHandle,
  options: PingOptions,
): Promise<ProbeSeries> {
  const { intervalMs = 10, graceMs, count, signal, address = to.underlay, bytes = PING_BYTES } = options;
  const timeoutMs = Math.ceil(graceMs);
  const output = new PingOutput(timeoutMs);
  const mode = count === undefined ? ["-l"] : ["-c", String(count)];
  const argv = [
    "fping",
    "-D",
    "-i",
    "1",
    "-p",
    String(intervalMs),
    "-t",
    String(timeoutMs),
    "-b",
    String(bytes - PING_HEADERS),
    ...mode,
    address,
  ];
  const result = await from.exec(argv, {
    allowFailure: true,
    timeoutMs: MAX_SECONDS * 1000,
    onLine: output.line,
    ...(signal ? { signal } : {}),
  });
  if (!signal?.aborted && result.exitCode >= FPING_TROUBLE) {
    throw rigError(
      "probe-failed",
      `fping to ${to.name} ended with ${result.exitCode}: ${result.stderr.trim()}`,
      {
        where: from.name,
        fix: "See that the machine has fping and CAP_NET_RAW.",
      },
    );
  }
  const { probes, duplicates } = signal?.aborted ? output.settled() : output.all();
  const timed = probes.map((probe) => ({ ...probe, sentAt: onTesterClock(from, probe.sentAt) }));
  return { from: from.name, to: to.name, probes: timed, duplicates };
}
