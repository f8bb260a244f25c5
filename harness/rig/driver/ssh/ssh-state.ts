import type { NodePlatform } from "../node-platform.ts";
import type { ConfiguredHost } from "./ssh-config.ts";

/** A real machine of a rig: how it is reached, and what was found out about it. No secrets: keys are named by path. */
export interface SshHost extends ConfiguredHost {
  /** Name in the inventory; the tester's and a lighthouse's may be another than the rig's. */
  node: string;
  role: "server" | "agent" | "lighthouse" | "tester";
  underlay: string;
  /** As `uname -m` says it. */
  architecture: string;
  cpus: number;
  systemd: boolean;
  platform: NodePlatform;
}

/** In the rig's state: enough to find and clean the machines though the inventory is gone. */
export interface SshState {
  kind: "ssh";
  /** File and name of the inventory. */
  inventory: string;
  inventoryName: string;
  knownHosts: string | undefined;
  onNodeLost: "rollback" | "continue";
  hosts: SshHost[];
  /** Published port of the server -> port of this machine's loopback. */
  ports: Record<string, number>;
}
