import { fileURLToPath } from "node:url";
import type { NetnsNode } from "./netns-node.ts";

const END = fileURLToPath(new URL("./udp-end.mjs", import.meta.url));

export interface Datagrams {
  count: number;
  /** Sent at each tick of a millisecond. */
  perTick: number;
}

/** Sends numbered datagrams from one machine to another and says which arrived, in the order of their arrival. */
export async function sendDatagrams(
  from: NetnsNode,
  to: NetnsNode,
  { count, perTick }: Datagrams,
): Promise<{ received: number[] }> {
  const stop = new AbortController();
  const received: number[] = [];
  let ready = (): void => undefined;
  const listening = new Promise<void>((resolve) => (ready = resolve));
  let quiet = (): void => undefined;
  const drained = new Promise<void>((resolve) => (quiet = resolve));
  const receiver = to.exec([process.execPath, END, "receive"], {
    signal: stop.signal,
    onLine: (line) => {
      if (line === "ready") ready();
      else if (line === "quiet") quiet();
      else received.push(...line.split(" ").map(Number));
    },
  });
  await listening;
  await from.exec([process.execPath, END, "send", to.underlay, String(count), String(perTick)]);
  await drained;
  stop.abort();
  await receiver;
  return { received };
}
