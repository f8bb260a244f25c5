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
  datagrams: Datagrams,
): Promise<{ received: number[]; arrivals: Arrival[] }> {
  const [arrivals = []] = await sendToEach(from, [to], datagrams);
  return { received: arrivals.map(({ number }) => number), arrivals };
}

/** The same to several machines at once: each number goes to all of them, one right after the other. */
export async function sendToEach(
  from: NetnsNode,
  targets: readonly NetnsNode[],
  { count, perTick = 1, tickMs = 1, bytes = 100, quietMs = 800 }: Datagrams,
): Promise<Arrival[][]> {
  const stop = new AbortController();
  let lastAt: number;
  const receivers = targets.map((node) =>
    receive(node, stop.signal, () => {
      lastAt = performance.now();
    }),
  );
  try {
    await Promise.all(receivers.map(({ ready, done }) => Promise.race([ready, done])));
    const what = [targets.map(({ underlay }) => underlay).join(","), count, perTick, tickMs, bytes];
    await from.exec([process.execPath, END, "send", ...what.map(String)]);
    lastAt = performance.now();
    while (performance.now() - lastAt < quietMs) await delay(50);
  } finally {
    stop.abort();
    await Promise.all(receivers.map(({ done }) => done));
  }
  return receivers.map(({ arrivals }) => arrivals);
}

function receive(node: NetnsNode, signal: AbortSignal, onArrival: () => void) {
  const arrivals: Arrival[] = [];
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const done = node.exec([process.execPath, END, "receive"], {
    signal,
    onLine: (line) => {
      if (line === "ready") return isReady();
      const [number = 0, sentAt = 0, atMs = 0] = line.split(" ").map(Number);
      arrivals.push({ number, delayMs: atMs - sentAt, atMs });
      onArrival();
    },
  });
  return { arrivals, ready, done };
}
