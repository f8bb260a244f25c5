import type { FaultDefinition } from "../definition.ts";
import { streamBandwidth } from "./bandwidth.ts";
import { streamDown } from "./down.ts";
import { streamJitter } from "./jitter.ts";
import { streamLatency } from "./latency.ts";
import { streamLimitData } from "./limit-data.ts";
import { streamLoss } from "./loss.ts";
import { streamResetPeer } from "./reset-peer.ts";
import { streamSlicer } from "./slicer.ts";
import { streamSlowClose } from "./slow-close.ts";
import { streamTimeout } from "./timeout.ts";

/** Faults of TCP streams, by toxiproxy. */
export const streamFaults: readonly FaultDefinition[] = [
  streamLatency,
  streamJitter,
  streamBandwidth,
  streamSlowClose,
  streamTimeout,
  streamResetPeer,
  streamSlicer,
  streamLimitData,
  streamDown,
  streamLoss,
];
