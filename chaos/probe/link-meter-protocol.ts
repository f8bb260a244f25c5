/** Datagrams of one flow, from one machine to another: `bytes` of payload in turn, one every `intervalMs`. */
export interface MeterFlow {
  /** Any number, in use once a receiver. */
  flow: number;
  address: string;
  port: number;
  intervalMs: number;
  bytes: number[];
  /** Until killed if absent. */
  durationMs?: number;
  /** Counted at the receiver instead of told one by one. @default false */
  flood?: boolean;
  /** What nothing is added to: see `chaos/wan/control-probes.ts`. @default false */
  control?: boolean;
}

/** A line of the meter. Times are ms since the epoch on the clock of the machine that prints. */
export type MeterReport =
  | { port: number }
  /** Number, time of sending, bytes of payload. */
  | { flow: number; sent: [number, number, number][] }
  /** Number, and the receiver's monotonic clock less that of the sender, ms: any offset between two machines is in it. */
  | { flow: number; got: [number, number][] }
  | FloodReport;

/** Totals of a flood up to `lastAt`; `at` is the time of the other two totals, the same for all floods of a receiver. */
export interface FloodReport {
  flow: number;
  count: number;
  lastAt: number;
  at: number;
  /** All that came in on the interface, whoever sent it. */
  interfaceBytes: number;
  /** Came over the link, and found the socket's buffer full. */
  dropped: number;
}

export const FLOOD_LABEL = 0x464c4f44;
/** Magic, flow, number, monotonic time of sending (ms), label. */
export const HEADER_BYTES = 24;
/** IPv4 and UDP headers. */
export const UDP_OVERHEAD = 28;
