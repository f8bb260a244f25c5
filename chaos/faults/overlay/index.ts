import type { FaultDefinition } from "../definition.ts";
import { certificateBlocklisted } from "./certificate-blocklisted.ts";
import { certificateExpired } from "./certificate-expired.ts";
import { certificateRenewed } from "./certificate-renewed.ts";
import { handshakeBlocked } from "./handshake-blocked.ts";
import { lighthouseDown } from "./lighthouse-down.ts";
import { nebulaRestarted } from "./nebula-restarted.ts";
import { relayLost } from "./relay-lost.ts";
import { underlayAddressChanged } from "./underlay-address-changed.ts";

export const overlayFaults: readonly FaultDefinition[] = [
  lighthouseDown,
  nebulaRestarted,
  relayLost,
  certificateExpired,
  certificateBlocklisted,
  certificateRenewed,
  underlayAddressChanged,
  handshakeBlocked,
];
