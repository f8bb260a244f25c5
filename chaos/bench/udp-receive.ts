import { allocate } from "../wan/userspace/libc.ts";
import { net, SO_TIMESTAMPNS, udpReceiver } from "./socket-calls.ts";

/** What arrived of a flow. Delays in microseconds, kernel's time of arrival less the sender's clock. */
export interface Arrived {
  received: number;
  duplicates: number;
  reordered: number;
  bytes: number;
  /** From the first arrival to the last. */
  seconds: number;
  /** In the order of sending; NaN for what did not arrive. */
  delaysUs: Float64Array;
}

const BATCH = 128;
const SLOT = 2048;
const CONTROL = 128;
const MSG_DONTWAIT = 0x40;
/** Between looks at the socket: times of arrival are the kernel's, so the meter may rest and leave the cores alone. */
const REST_MS = 4;
/** Without a datagram for this long, the flow is over. */
const QUIET_MS = 700;
const START_MS = 8000;

/** Receives datagrams that carry their number and time of sending until the flow is over. */
export async function receive(port: number, count: number): Promise<Arrived> {
  const fd = udpReceiver(port);
  const { address, view } = allocate(BATCH * (SLOT + CONTROL + 64 + 16));
  const [controls, messages, vectors] = [
    BATCH * SLOT,
    BATCH * (SLOT + CONTROL),
    BATCH * (SLOT + CONTROL + 64),
  ];
  const pointer = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  for (let i = 0; i < BATCH; i++) {
    pointer(vectors + i * 16, address + i * SLOT);
    pointer(vectors + i * 16 + 8, SLOT);
    pointer(messages + i * 64 + 16, address + vectors + i * 16);
    pointer(messages + i * 64 + 24, 1);
    pointer(messages + i * 64 + 32, address + controls + i * CONTROL);
  }
  const delaysUs = new Float64Array(count).fill(Number.NaN);
  const result: Arrived = { received: 0, duplicates: 0, reordered: 0, bytes: 0, seconds: 0, delaysUs };
  let [highest, first, last, lastSeen] = [-1, Number.NaN, 0, performance.now() + START_MS];
  const take = (i: number): void => {
    const control = controls + i * CONTROL;
    if (view.getInt32(control + 12, true) !== SO_TIMESTAMPNS) return;
    const number = view.getUint32(i * SLOT, true);
    const arrivedAt = view.getUint32(control + 16, true) * 1e6 + view.getUint32(control + 24, true) / 1e3;
    const sentAt = view.getUint32(i * SLOT + 8, true) * 1e6 + view.getUint32(i * SLOT + 16, true) / 1e3;
    if (number >= count) return;
    if (!Number.isNaN(delaysUs[number]!)) {
      result.duplicates++;
      return;
    }
    delaysUs[number] = arrivedAt - sentAt;
    result.received++;
    result.bytes += view.getUint32(messages + i * 64 + 56, true);
    if (number < highest) result.reordered++;
    else highest = number;
    if (Number.isNaN(first)) first = arrivedAt;
    last = Math.max(last, arrivedAt);
  };
  const drain = (): number => {
    for (let total = 0; ;) {
      for (let i = 0; i < BATCH; i++) pointer(messages + i * 64 + 40, CONTROL);
      const got = net.recvmmsg(fd, address + messages, BATCH, MSG_DONTWAIT, 0);
      for (let i = 0; i < got; i++) take(i);
      if (got > 0) total += got;
      if (got < BATCH) return total;
    }
  };
  console.log("ready");
  while (performance.now() - lastSeen < QUIET_MS) {
    if (drain() > 0) lastSeen = performance.now();
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  result.seconds = (last - first) / 1e6;
  return result;
}
