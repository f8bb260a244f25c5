import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rigError } from "../../harness/errors.ts";
import type { NetnsNode } from "../netns/netns-node.ts";
import type { Arrived } from "./udp-receive.ts";
import type { Flow } from "./udp-send.ts";

const METER = fileURLToPath(new URL("./meter-main.ts", import.meta.url));
const TSX = import.meta.resolve("tsx");
const meter = (...words: (string | number)[]): string[] => [
  ...[process.execPath, "--import", TSX, METER],
  ...words.map(String),
];
const PORT = 9998;
const TIMEOUT_MS = 120_000;

/** Two machines and the address by which the first reaches the second. */
export interface Way {
  from: NetnsNode;
  to: NetnsNode;
  /** @default the second machine's underlay address */
  address?: string;
  /** Where a proxy listens in place of the receiver. */
  port?: number;
}

/** A receiver runs, the sender runs until its end, then the receiver's result is read. */
async function exchange(
  { from, to }: Way,
  receiver: string[],
  sender: string[],
): Promise<{ received: unknown; sent: string }> {
  let ready = (): void => undefined;
  const listening = new Promise<void>((resolve) => (ready = resolve));
  const options = { timeoutMs: TIMEOUT_MS, onLine: (line: string) => line === "ready" && ready() };
  const receiving = to.exec(receiver, options);
  await Promise.race([listening, receiving]);
  const sent = (await from.exec(sender, { timeoutMs: TIMEOUT_MS })).stdout;
  const result = (await receiving).stdout.split("\n").find((line) => line.startsWith("{"));
  if (result === undefined) throw rigError("bench-meter", `the meter on ${to.name} said nothing`);
  return { received: JSON.parse(result) as unknown, sent };
}

/** Sends numbered datagrams and says what arrived, when. */
export async function measureFlow(
  way: Way,
  { count, intervalUs, bytes, maxMs }: Flow,
): Promise<Arrived & { sent: number }> {
  const folder = await mkdtemp(join(tmpdir(), "edgeproof-bench-"));
  const file = join(folder, "delays");
  try {
    const address = way.address ?? way.to.underlay;
    const { received, sent } = await exchange(
      way,
      meter("udp-receive", PORT, count, file),
      meter("udp-send", address, PORT, count, intervalUs, bytes, maxMs),
    );
    const raw = await readFile(file);
    const delaysUs = new Float64Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
    return { ...(received as Omit<Arrived, "delaysUs">), sent: Number(sent), delaysUs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Mbit/s of one TCP connection. */
export async function measureStream(way: Way, ms: number): Promise<number> {
  const { received } = await exchange(
    way,
    meter("tcp-receive", PORT),
    meter("tcp-send", way.address ?? way.to.underlay, way.port ?? PORT, ms),
  );
  const { bytes, seconds } = received as { bytes: number; seconds: number };
  return (bytes * 8) / 1e6 / seconds;
}

export interface Spread {
  samples: number;
  p50: number;
  p99: number;
  p999: number;
  mean: number;
  sd: number;
}

/** Of the values that are numbers. */
export function spread(values: Float64Array): Spread {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
  return {
    samples: sorted.length,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    mean,
    sd: Math.sqrt(variance),
  };
}
