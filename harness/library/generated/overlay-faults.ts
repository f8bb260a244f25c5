// Written by `npm run schemas` from the catalogue in chaos/faults.
import { planned, type PlannedFault } from "../planned-fault.ts";
import type { Duration } from "../quantities.ts";
import type { MachineTarget } from "../targets.ts";

/** Target and parameters of `fault.nebulaRestarted`. */
export interface NebulaRestartedOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * How often, 0 to 20; 0 restarts nothing. Default: 1.
   * @default 1
   */
  times?: number;
  /**
   * Between two restarts. Default: 2s.
   * @default 2s
   */
  gap?: Duration;
  /**
   * By SIGKILL, as in a crash: the others are not told that their tunnels end. Default: false.
   * @default false
   */
  abrupt?: boolean;
}

/** Target and parameters of `fault.certificateExpired`. */
export interface CertificateExpiredOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * How long the new certificate is valid before it expires; the fault begins then. 27s to 120s, default 30s.
   * @default 30s
   */
  validity?: Duration;
}

/** Target and parameters of `fault.certificateBlocklisted`. */
export interface CertificateBlocklistedOptions {
  /** What it is aimed at. */
  target: MachineTarget;
}

/** Target and parameters of `fault.certificateRenewed`. */
export interface CertificateRenewedOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * Nebula reads the new certificates on all nodes of the target at the same moment; default false: one after the other.
   * @default false
   */
  atOnce?: boolean;
}

/** Target and parameters of `fault.underlayAddressChanged`. */
export interface UnderlayAddressChangedOptions {
  /** What it is aimed at. */
  target: MachineTarget;
  /**
   * By how much the address moves on, 0 or 1; 0 leaves it. Default: 1.
   * @default 1
   */
  shift?: number;
}

/** Target and parameters of `fault.handshakeBlocked`. */
export interface HandshakeBlockedOptions {
  /** What it is aimed at. */
  target: MachineTarget;
}

/** Faults of the layer `overlay`. */
export const overlayFaults = {
  /**
   * Kills Nebula on all lighthouses and keeps it down: live tunnels go on, a pair without a tunnel gets none.
   *
   * - Proof: The kernel has no Nebula process on the lighthouses, and no other machine reaches them over the overlay, for the whole window.
   * - Undo: Nebula is started again; the lighthouse does so by itself when its lease ends.
   * - Limit: Refused where the server is the lighthouse: it would lose the data plane and the API, too. Take a topology with `overlay: { lighthouse: dedicated }`.
   * - Limit: Where the lighthouse relays, relayed tunnels end with it.
   *
   * In a scenario:
   * ```yaml
   * - fault: lighthouse-down
   * ```
   */
  lighthouseDown: (): PlannedFault => planned("lighthouse-down"),

  /**
   * Restarts Nebula on nodes: the interface and all tunnels go and come back.
   *
   * - Proof: The kernel has another Nebula process than before, and another machine's log shows a handshake with the node since.
   * - Undo: Nothing is left to undo: the node's supervisor keeps Nebula running.
   * - Limit: An instant fault: its window shows the time after it.
   * - Limit: A flannel that sits on Nebula's interface may lose its own with it (k3s#12436).
   *
   * In a scenario:
   * ```yaml
   * - fault: nebula-restarted
   *   target: pi4-1
   *   abrupt: true
   * ```
   */
  nebulaRestarted: (options: NebulaRestartedOptions): PlannedFault => planned("nebula-restarted", options),

  /**
   * Kills Nebula on the relays and keeps it down: pairs whose direct path is cut lose their tunnel.
   *
   * - Proof: The kernel has no Nebula process on the relays, and no other machine reaches them over the overlay, for the whole window.
   * - Undo: Nebula is started again; the relay does so by itself when its lease ends.
   * - Limit: Needs dedicated relays: a topology with `overlay: { lighthouse: dedicated, relay: true }`.
   * - Limit: Shows only where a direct path is cut at the same time. To cut the way to a relay alone, use link-partition on it.
   * - Limit: The relay is the lighthouse, too: it takes both away.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-partition
   *   target: { between: [edge-a, edge-b] }
   * - fault: relay-lost
   *   at: 30s
   * ```
   */
  relayLost: (): PlannedFault => planned("relay-lost"),

  /**
   * Gives nodes a certificate that expires: every other machine tears its tunnel to them down and takes no new one.
   *
   * - Proof: `nebula-cert verify` refuses the certificate on the node, and no other machine reaches the node over the overlay, for the whole window.
   * - Undo: The original certificate is put back and Nebula reads it (SIGHUP); the node does so by itself when its lease ends. The private key never leaves the node.
   * - Limit: The end of the validity and the checks of the tunnels pass before the fault begins: about 35 s with the default.
   * - Limit: One fault at a time on a node's certificate.
   * - Limit: Clocks more than some seconds apart move the moment of expiry.
   *
   * In a scenario:
   * ```yaml
   * - fault: certificate-expired
   *   target: pi4-1
   *   validity: 30s
   * ```
   */
  certificateExpired: (options: CertificateExpiredOptions): PlannedFault =>
    planned("certificate-expired", options),

  /**
   * Puts the certificates of nodes on the blocklist of all other machines, which tear their tunnels to them down.
   *
   * - Proof: No other machine reaches the node over the overlay for the whole window, though its certificate is valid by `nebula-cert verify`.
   * - Undo: The fault's own file is removed from Nebula's folder on each machine, and Nebula reads the rest (SIGHUP); each machine does so by itself when its lease ends.
   * - Limit: The fault begins when the others have noticed: up to 6 s.
   * - Limit: Nodes of one target still reach each other.
   * - Limit: A certificate that another fault installs meanwhile is not blocked.
   *
   * In a scenario:
   * ```yaml
   * - fault: certificate-blocklisted
   *   target: pi4-1
   * ```
   */
  certificateBlocklisted: (options: CertificateBlocklistedOptions): PlannedFault =>
    planned("certificate-blocklisted", options),

  /**
   * Gives nodes a new certificate for their key while traffic flows, as a renewal does: no packet should be lost.
   *
   * - Proof: The node's file has another certificate that is valid, another machine's log shows a handshake with it, and the overlay answers before, during and after.
   * - Undo: The original certificate is put back and Nebula reads it (SIGHUP), a renewal once more; the node does so by itself when its lease ends. The private key never leaves the node.
   * - Limit: One fault at a time on a node's certificate.
   * - Limit: The fault begins when a peer has seen it: up to 10 s.
   *
   * In a scenario:
   * ```yaml
   * - fault: certificate-renewed
   *   target: { nodes: [pi4-1, pi3-1] }
   *   atOnce: true
   * ```
   */
  certificateRenewed: (options: CertificateRenewedOptions): PlannedFault =>
    planned("certificate-renewed", options),

  /**
   * Gives nodes another underlay address, as after a change of network: peers must notice that they roamed.
   *
   * - Proof: The kernel of the node has the new address and not the old one, and from another machine the new one answers a ping on the underlay and the old one does not, for the whole window.
   * - Undo: The old address and the default route are put back; the node does so by itself when its lease ends.
   * - Limit: Container machines only: on a real node the control path would go with the address.
   * - Limit: Refused for the server, whose API port is published at its address.
   * - Limit: A lighthouse that moves is known to nobody until it sends: the others have its address in their configuration.
   * - Limit: Link faults of the same window do not probe the node: it does not answer at its address.
   *
   * In a scenario:
   * ```yaml
   * - fault: underlay-address-changed
   *   target: pi4-1
   * ```
   */
  underlayAddressChanged: (options: UnderlayAddressChangedOptions): PlannedFault =>
    planned("underlay-address-changed", options),

  /**
   * Drops Nebula's handshake packets at nodes: tunnels that are up go on, no new one comes up.
   *
   * - Proof: A newcomer to the overlay cannot be reached from the node but can from another machine, while tunnels that were up before answer, for the whole window.
   * - Undo: The fault's own nftables table is removed; the node does so by itself when its lease ends.
   * - Limit: Nebula keeps a tunnel whose re-handshake fails, but one that dies meanwhile stays dead.
   * - Limit: The newcomer runs on the tester: the tester cannot be the target, and one machine besides must be left to reach it.
   *
   * In a scenario:
   * ```yaml
   * - fault: handshake-blocked
   *   target: pi4-1
   * ```
   */
  handshakeBlocked: (options: HandshakeBlockedOptions): PlannedFault => planned("handshake-blocked", options),
} as const;
