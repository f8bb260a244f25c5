// Written by `npm run schemas` from the catalogue in chaos/faults.
/* eslint-disable max-lines */
import { planned, type PlannedFault } from "../planned-fault.ts";
import type { Duration, Rate, Share, Size } from "../quantities.ts";
import type { StreamTarget } from "../targets.ts";

/** Target and parameters of `fault.streamLatency`. */
export interface StreamLatencyOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** Added to each piece in each direction named, whole ms; 0ms changes nothing. */
  latency: Duration;
  /**
   * `downstream`: answers, from the server to the client; `upstream`: requests; `both`: each of them.
   * @default downstream
   */
  direction?: "downstream" | "upstream" | "both";
}

/** Target and parameters of `fault.streamJitter`. */
export interface StreamJitterOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** Middle of the latencies, whole ms, at least the jitter. */
  latency: Duration;
  /** Half the width of the uniform distribution, whole ms; 0ms: all the same. */
  jitter: Duration;
  /**
   * `downstream`: answers, from the server to the client; `upstream`: requests.
   * @default downstream
   */
  direction?: "downstream" | "upstream";
}

/** Target and parameters of `fault.streamBandwidth`. */
export interface StreamBandwidthOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** Of each connection by itself, a multiple of 8kbit; what the way does not give changes nothing. */
  rate: Rate;
  /**
   * `downstream`: answers, from the server to the client; `upstream`: requests.
   * @default downstream
   */
  direction?: "downstream" | "upstream";
}

/** Target and parameters of `fault.streamSlowClose`. */
export interface StreamSlowCloseOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** From the server's close to the client's news of it, whole ms; 0ms changes nothing. */
  delay: Duration;
}

/** Target and parameters of `fault.streamTimeout`. */
export interface StreamTimeoutOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** From what the server sent last to the close, whole ms, at least 1ms. Without it connections stay open and silent. */
  closeAfter?: Duration;
}

/** Target and parameters of `fault.streamResetPeer`. */
export interface StreamResetPeerOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /**
   * From the server's first byte to the reset, whole ms. Default 0ms: at once.
   * @default 0
   */
  after?: Duration;
}

/** Target and parameters of `fault.streamSlicer`. */
export interface StreamSlicerOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** Largest piece without variation, 16B to 16KiB. */
  size: Size;
  /**
   * More or less than that by so much, less than the size. Default 0B.
   * @default 0
   */
  variation?: Size;
  /** After each piece, to the microsecond; 0ms changes nothing that could be seen. */
  pause: Duration;
}

/** Target and parameters of `fault.streamLimitData`. */
export interface StreamLimitDataOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** Bytes of TCP that each connection brings, TLS included, 1B to 4MiB. */
  bytes: Size;
}

/** Target and parameters of `fault.streamDown`. */
export interface StreamDownOptions {
  /** What it is aimed at. */
  target: StreamTarget;
}

/** Target and parameters of `fault.streamLoss`. */
export interface StreamLossOptions {
  /** What it is aimed at. */
  target: StreamTarget;
  /** Not to be had here: link-loss has it, and link-burst-loss in bursts. */
  loss: Share;
}

/** Faults of the layer `stream`. */
export const streamFaults = {
  /**
   * Every piece of a stream comes late by the same time; its order is kept, and nothing is lost.
   *
   * - Proof: Time to the first byte of an answer, ten connections a second: the median before plus the latency of each direction, within max(5 ms, 10 %, the median before).
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-latency
   *   target: { point: gateway }
   *   latency: 50ms
   * ```
   */
  streamLatency: (options: StreamLatencyOptions): PlannedFault => planned("stream-latency", options),

  /**
   * Every piece of a stream comes late by a time of its own, uniform in latency +- jitter; its order is kept.
   *
   * - Proof: Time to the first byte: its median as for stream-latency, and half its range without the outer fifth, against the jitter and the range before within max(5 ms, 20 %) and the sampling error.
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-jitter
   *   target: { point: gateway }
   *   latency: 60ms
   *   jitter: 40ms
   * ```
   */
  streamJitter: (options: StreamJitterOptions): PlannedFault => planned("stream-jitter", options),

  /**
   * Bytes of each connection come no faster than a rate.
   *
   * - Proof: Bytes a second over connections that ask without pause for 1 s each: the rate asked for within 25 %, or the median before where that is less (then within half of it).
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   * - Limit: The proof's answers are small: a way gives them at some Mbit/s, and a rate beyond that cannot be told from none.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-bandwidth
   *   target: { point: gateway }
   *   rate: 800kbit
   * ```
   */
  streamBandwidth: (options: StreamBandwidthOptions): PlannedFault => planned("stream-bandwidth", options),

  /**
   * A connection that the server closes stays open for the client a while longer.
   *
   * - Proof: Time from the last byte of an answer to the end of its connection, which the server was asked to close: the median before plus the delay, within max(5 ms, 10 %, the median before).
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-slow-close
   *   target: { point: gateway }
   *   delay: 500ms
   * ```
   */
  streamSlowClose: (options: StreamSlowCloseOptions): PlannedFault => planned("stream-slow-close", options),

  /**
   * No answer comes through, though connections are made; after a while they are closed, or never.
   *
   * - Proof: No connection gets a byte. With closeAfter, the time until the connection is closed: the median time to the first byte before plus closeAfter, within max(5 ms, 10 %, the former); without it none is closed within 1 s.
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-timeout
   *   target: { point: gateway }
   *   closeAfter: 2s
   * ```
   */
  streamTimeout: (options: StreamTimeoutOptions): PlannedFault => planned("stream-timeout", options),

  /**
   * Connections are reset (RST) when the server answers, or some time after; the answer is dropped.
   *
   * - Proof: Every connection ends by a reset without a byte, and the time until then is the median time to the first byte before plus `after`, within max(5 ms, 10 %, the former).
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-reset-peer
   *   target: { point: gateway }
   *   after: 200ms
   * ```
   */
  streamResetPeer: (options: StreamResetPeerOptions): PlannedFault => planned("stream-reset-peer", options),

  /**
   * Answers come in small pieces with pauses between them.
   *
   * - Proof: Median of the times between reads of answers that come without pause otherwise: the pause asked for within max(3 ms, 20 %), or what it was before if that is longer; and no piece is larger than asked.
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-slicer
   *   target: { point: gateway }
   *   size: 100B
   *   pause: 20ms
   * ```
   */
  streamSlicer: (options: StreamSlicerOptions): PlannedFault => planned("stream-slicer", options),

  /**
   * Every connection is closed once so many bytes of answers went through it.
   *
   * - Proof: Bytes until the end of connections that ask without pause: exactly those asked for, where it was a tenth more before.
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-limit-data
   *   target: { point: gateway }
   *   bytes: 10KiB
   * ```
   */
  streamLimitData: (options: StreamLimitDataOptions): PlannedFault => planned("stream-limit-data", options),

  /**
   * Connections are refused, as by a machine that is up and a process that is not.
   *
   * - Proof: Every connection is refused, none before and after.
   * - Undo: The nft table of the fault is deleted and its toxiproxy ended; the machine does both alone when its lease runs out.
   * - Limit: TCP only, and new connections: those that are there are reset, and come again through toxiproxy.
   * - Limit: One stream fault at a time on each way.
   * - Limit: `workload` is a broker of the topology's, mosquitto or nats; the proof opens a session of its own.
   * - Limit: A `service` must answer HTTP, and needs a pod on the node: the proof looks from that pod's network namespace.
   * - Limit: `api` concerns the node's own processes (kubelet, kube-proxy, K3s), not its pods: take the service default/kubernetes for them.
   * - Limit: toxiproxy takes whole milliseconds, and 8 kbit as the unit of rates.
   * - Limit: toxiproxy opens one connection after the other: while its own to the target is not answered, new ones wait. On a link that loses packets that is 1 s, 3 s and so on.
   *
   * In a scenario:
   * ```yaml
   * - fault: stream-down
   *   target: { point: gateway }
   * ```
   */
  streamDown: (options: StreamDownOptions): PlannedFault => planned("stream-down", options),

  /**
   * Refused: a proxy of TCP streams cannot lose a packet. Take link-loss.
   *
   * - Proof: None.
   * - Undo: Nothing is ever done.
   * - Limit: Dropping pieces of a stream would corrupt it: TCP has acknowledged them, and never sends them again.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-loss
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   loss: 5%
   * ```
   */
  streamLoss: (options: StreamLossOptions): PlannedFault => planned("stream-loss", options),
} as const;
