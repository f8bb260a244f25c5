import { stringify } from "yaml";

import {
  LIGHTHOUSE_INTERVAL_SECONDS,
  NEBULA_CERTIFICATE,
  NEBULA_CONFIG,
  NEBULA_FOLDER,
  NEBULA_INTERFACE,
  NEBULA_PORT,
  NEBULA_SERVICE,
} from "../../config/nebula-layout.ts";
import { OVERLAY_MTU } from "../addresses.ts";
import { BIN_PATH } from "../driver/node-paths.ts";
import type { NodeHandle } from "../node-handle.ts";
import { type OverlayMember, firewallOf } from "./firewall.ts";
import type { NebulaFiles } from "./nebula-pki.ts";

export interface NebulaPlan {
  self: string;
  lighthouse: { overlay: string; underlay: string };
  machines: readonly OverlayMember[];
  /** The lighthouse relays tunnels between the others. */
  relay: boolean;
}

/** Nebula's configuration for one machine. */
export function nebulaConfig({ self, lighthouse, machines, relay }: NebulaPlan): string {
  const me = machines.find(({ name }) => name === self);
  const isLighthouse = me?.overlay === lighthouse.overlay;
  const routes = machines
    .filter(({ name }) => name !== self)
    .flatMap(({ overlay, subnets }) => subnets.map((route) => ({ route, via: overlay })));
  return stringify({
    pki: {
      ca: `${NEBULA_FOLDER}/ca.crt`,
      cert: NEBULA_CERTIFICATE,
      key: `${NEBULA_FOLDER}/host.key`,
    },
    static_host_map: { [lighthouse.overlay]: [`${lighthouse.underlay}:${NEBULA_PORT}`] },
    lighthouse: {
      am_lighthouse: isLighthouse,
      interval: LIGHTHOUSE_INTERVAL_SECONDS,
      hosts: isLighthouse ? [] : [lighthouse.overlay],
      // Nodes have pod bridges and the like; only the underlay address may be told to others.
      local_allow_list: { interfaces: { "cni.*": false, "veth.*": false, [NEBULA_INTERFACE]: false } },
    },
    // After 1.11 Nebula hands the kernel up to 64 KiB at once (`listen.udp_offloads`, `tun.use_offloads`, both on by
    // default there): one lost buffer is then a burst of about 40 packets, and a loss of 1 % is none of single packets.
    // 1.10, which is pinned, has neither and ignores the keys.
    listen: { host: "0.0.0.0", port: NEBULA_PORT, udp_offloads: false },
    punchy: { punch: true, respond: true },
    relay: isLighthouse
      ? { am_relay: relay }
      : { relays: relay ? [lighthouse.overlay] : [], use_relays: relay },
    tun: { dev: NEBULA_INTERFACE, mtu: OVERLAY_MTU, use_offloads: false, unsafe_routes: routes },
    firewall: firewallOf(self, machines),
    // With milliseconds, which Nebula 1.10 leaves out: recovery is read from these lines.
    logging: { level: "info", timestamp_format: "2006-01-02T15:04:05.000Z07:00" },
  });
}

/** Writes the machine's identity and starts Nebula on it; resolves when its interface is up. */
export async function startNebula(node: NodeHandle, files: NebulaFiles, plan: NebulaPlan): Promise<void> {
  await Promise.all([
    node.writeFile(`${NEBULA_FOLDER}/ca.crt`, files.ca),
    node.writeFile(NEBULA_CERTIFICATE, files.cert),
    node.writeFile(`${NEBULA_FOLDER}/host.key`, files.key, 0o600),
    node.writeFile(NEBULA_CONFIG, nebulaConfig(plan), 0o600),
  ]);
  await node.startService({
    name: NEBULA_SERVICE,
    argv: [`${BIN_PATH}/nebula`, "-config", NEBULA_FOLDER],
    readyPattern: "Nebula interface is active",
    readyTimeoutMs: 30_000,
  });
}
