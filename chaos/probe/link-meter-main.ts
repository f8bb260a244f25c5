/**
 * Runs on a machine of the rig. `link-meter receive ADDRESS` prints `{"port":N}` and then what numbered datagrams came;
 * `link-meter send FLOWS` sends them, FLOWS being JSON of `MeterFlow[]`. Both until killed, or until the flows end. What
 * they print is `MeterReport`s, one a line.
 */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

import { CONTROL_LABEL, LABEL_OFFSET, METER_MAGIC } from "../wan/control-probes.ts";
import { FLOOD_LABEL, HEADER_BYTES, type MeterFlow, type MeterReport } from "./link-meter-protocol.ts";
import { ownAddress } from "./own-address.ts";

const REPORT_MS = 50;
const TICK_MS = 1;
const RECEIVE_BUFFER = 4_000_000;

const print = (report: MeterReport): void => void process.stdout.write(`${JSON.stringify(report)}\n`);
/**
 * Two processes of one machine agree on it, and no step of the wall clock shows. Node's `performance.timeOrigin` does not
 * do: it is read in two steps, and a process that loses its turn between them is wrong by milliseconds for good.
 */
const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;
/** ms since the epoch, finer than a millisecond. */
const now = (): number => Number((performance.timeOrigin + performance.now()).toFixed(3));

function receive(known: string): void {
  const { address, device } = ownAddress(known);
  const socket = createSocket({ type: "udp4", recvBufferSize: RECEIVE_BUFFER });
  const got = new Map<number, [number, number][]>();
  const floods = new Map<number, { count: number; lastAt: number }>();
  socket.on("message", (message) => {
    if (message.length < HEADER_BYTES || message.readUInt32BE(0) !== METER_MAGIC) return;
    const monotonicAt = monotonic();
    const flow = message.readUInt32BE(4);
    if (message.readUInt32BE(LABEL_OFFSET) === FLOOD_LABEL) {
      floods.set(flow, { count: (floods.get(flow)?.count ?? 0) + 1, lastAt: now() });
      return;
    }
    const arrivals = got.get(flow) ?? [];
    got.set(flow, arrivals);
    arrivals.push([message.readUInt32BE(8), Number((monotonicAt - message.readDoubleBE(12)).toFixed(3))]);
  });
  // `bind` with a callback hears of an error and says nothing.
  socket.on("error", (error) => {
    throw error;
  });
  socket.bind(0, address, () => print({ port: socket.address().port }));
  setInterval(() => {
    for (const [flow, arrivals] of got) if (arrivals.length > 0) print({ flow, got: arrivals });
    got.clear();
    if (floods.size === 0) return;
    const interfaceBytes = receivedBytes(device);
    const dropped = socketDrops(socket.address().port);
    const at = now();
    for (const [flow, { count, lastAt }] of floods)
      print({ flow, count, lastAt, at, interfaceBytes, dropped });
  }, REPORT_MS);
}

/** Bytes that came in on an interface (/proc/net/dev). */
function receivedBytes(device: string): number {
  const line = readFileSync("/proc/net/dev", "utf8")
    .split("\n")
    .find((text) => text.trim().startsWith(`${device}:`));
  return Number(line?.split(":")[1]?.trim().split(/\s+/)[0] ?? 0);
}

/** Datagrams that came and found the socket's buffer full (last column of /proc/net/udp). */
function socketDrops(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const line = readFileSync("/proc/net/udp", "utf8")
    .split("\n")
    .find((text) => text.trim().split(/\s+/)[1]?.endsWith(suffix));
  return Number(line?.trim().split(/\s+/).at(-1) ?? 0);
}

const label = ({ flood, control }: MeterFlow): number => (flood ? FLOOD_LABEL : control ? CONTROL_LABEL : 0);

function send(flow: MeterFlow): void {
  const socket = createSocket("udp4");
  // What the network says of a flow, such as "message too long" or "port unreachable", shows in what arrives.
  socket.on("error", () => undefined);
  let sent: [number, number, number][] = [];
  let next = 0;
  socket.connect(flow.port, flow.address, () => {
    const began = now();
    const timer = setInterval(() => {
      const elapsed = now() - began;
      const due = Math.floor(Math.min(elapsed, flow.durationMs ?? Infinity) / flow.intervalMs);
      while (next <= due) {
        const bytes = flow.bytes[next % flow.bytes.length] ?? HEADER_BYTES;
        const message = Buffer.alloc(Math.max(bytes, HEADER_BYTES));
        message.writeUInt32BE(METER_MAGIC, 0);
        message.writeUInt32BE(flow.flow, 4);
        message.writeUInt32BE(next, 8);
        const at = now();
        message.writeDoubleBE(monotonic(), 12);
        message.writeUInt32BE(label(flow), LABEL_OFFSET);
        socket.send(message, () => undefined);
        // Of a flood only the beginning is told.
        if (!flow.flood || next === 0) sent.push([next, at, bytes]);
        next++;
      }
      if (elapsed < (flow.durationMs ?? Infinity)) return;
      clearInterval(timer);
      clearInterval(reports);
      report();
      setTimeout(() => socket.close(), REPORT_MS);
    }, TICK_MS);
  });
  const report = (): void => {
    if (sent.length > 0) print({ flow: flow.flow, sent });
    sent = [];
  };
  const reports = setInterval(report, REPORT_MS);
}

try {
  // A late stamp would look like delay.
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Where that is not allowed, a busy host shows in the figures.
}
const [role, argument = ""] = process.argv.slice(2);
if (role === "receive") receive(argument);
else for (const flow of JSON.parse(argument) as MeterFlow[]) send(flow);
