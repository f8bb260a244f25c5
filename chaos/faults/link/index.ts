import type { FaultDefinition } from "../definition.ts";
import { linkBlip } from "./link-blip.ts";
import { linkBurstLoss } from "./link-burst-loss.ts";
import { linkCorrupt } from "./link-corrupt.ts";
import { linkDegrade } from "./link-degrade.ts";
import { linkDelay } from "./link-delay.ts";
import { linkDuplicate } from "./link-duplicate.ts";
import { linkFlap } from "./link-flap.ts";
import { linkJitter } from "./link-jitter.ts";
import { linkLoss } from "./link-loss.ts";
import { linkMtu } from "./link-mtu.ts";
import { linkPartition } from "./link-partition.ts";
import { linkProfile } from "./link-profile.ts";
import { linkRate } from "./link-rate.ts";
import { linkReorder } from "./link-reorder.ts";

/** Packet faults of the WAN engine. */
export const linkFaults: readonly FaultDefinition[] = [
  linkDelay,
  linkJitter,
  linkLoss,
  linkBurstLoss,
  linkDuplicate,
  linkReorder,
  linkCorrupt,
  linkRate,
  linkMtu,
  linkProfile,
  linkPartition,
  linkBlip,
  linkFlap,
  linkDegrade,
];
