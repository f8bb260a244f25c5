import { allocate, sys } from "../wan/userspace/libc.ts";
import { net, udpSender } from "./socket-calls.ts";

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
const TIMER_ABSTIME = 1;
const PR_SET_TIMERSLACK = 29;

export interface Flow {
  /** At most. */
  count: number;
  /** Between datagrams, microseconds; 0 for flat out. */
  intervalUs: number;
  /** Of the UDP payload. */
  bytes: number;
  /** Ends the flow early: a busy machine cannot send flat out. */
  maxMs: number;
}

/** Sends datagrams with their number and time of sending, and returns how many. */
export function send(ip: number, port: number, { count, intervalUs, bytes, maxMs }: Flow): number {
  const fd = udpSender(ip, port);
  const { address, view } = allocate(8192);
  const [clock, CLOCK_AT] = [address + 4096, 4096];
  sys.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  // The first packet meets an unresolved neighbour: one that is not counted goes ahead.
  view.setUint32(0, 0xffff_ffff, true);
  net.send(fd, address, bytes, 0);
  net.clockGettime(CLOCK_MONOTONIC, clock);
  let [seconds, nanoseconds] = [view.getUint32(CLOCK_AT, true), view.getUint32(CLOCK_AT + 8, true)];
  const wait = (ns: number): void => {
    nanoseconds += ns;
    seconds += Math.floor(nanoseconds / 1e9);
    nanoseconds %= 1e9;
    view.setUint32(CLOCK_AT, seconds, true);
    view.setUint32(CLOCK_AT + 8, nanoseconds, true);
    net.clockNanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, clock, 0);
  };
  wait(300e6);
  const until = performance.now() + maxMs;
  let number = 0;
  for (; number < count && performance.now() < until; number++) {
    view.setUint32(0, number, true);
    net.clockGettime(CLOCK_REALTIME, address + 8);
    net.send(fd, address, bytes, 0);
    if (intervalUs > 0) wait(intervalUs * 1000);
  }
  return number;
}
