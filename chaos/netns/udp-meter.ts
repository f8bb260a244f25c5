import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { NetnsNode } from "./netns-node.ts";

const END = fileURLToPath(new URL("./udp-end.mjs", import.meta.url));

export interface Datagrams {
  count: number;
  /** Sent at each tick. @default 1 */
  perTick?: number;
  /** @default 1 */
  tickMs?: number;
  /** Payload. @default 100 */
  bytes?: number;
  /** Time without an arrival, once all is sent, after which the rest is lost, ms. @default 800 */
  quietMs?: number;
  /** Called once the first was sent. */
  onStart?: () => void;
}

export interface Arrival {
  /** Of the datagram, from 0. */
  number: number;
  /** One way, ms. */
  delayMs: number;
  /** On a clock of the machine's, ms. */
  atMs: number;
}

/** Sends numbered datagrams from one machine to another and says which arrived when, in the order of their arrival. */
export async function sendDatagrams(
  from: NetnsNode,
  to: NetnsNode,
  { count, perTick = 1, tickMs = 1, bytes = 100, quietMs = 800, onStart }: Datagrams,
): Promise<{ received: number[]; arrivals: Arrival[] }> {
  const stop = new AbortController();
  const arrivals: Arrival[] = [];
  let lastAt = 0;
  let ready = (): void => undefined;
  const listening = new Promise<void>((resolve) => (ready = resolve));
  const receiver = to.exec([process.execPath, END, "receive"], {
    signal: stop.signal,
    onLine: (line) => {
      if (line === "ready") return ready();
      const [number = 0, sentAt = 0, atMs = 0] = line.split(" ").map(Number);
      lastAt = performance.now();
      arrivals.push({ number, delayMs: atMs - sentAt, atMs });
    },
  });
  try {
    await Promise.race([listening, receiver]);
    const what = [to.underlay, count, perTick, tickMs, bytes].map(String);
    onStart?.();
    await from.exec([process.execPath, END, "send", ...what]);
    lastAt = performance.now();
    while (performance.now() - lastAt < quietMs) await delay(50);
  } finally {
    stop.abort();
    await receiver;
  }
  return { received: arrivals.map(({ number }) => number), arrivals };
}
