import type { Target } from "../../toolchain/node-target.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import type { Driver } from "./driver.ts";
import type { DriverState } from "./driver-state.ts";

export interface GroundOptions {
  rig: string;
  /** Cluster nodes run K3s, whose folder they need. */
  k3s: boolean;
  /** The images' archives, on this machine. */
  archives: string;
  cache: string;
  toolchain: ToolchainOptions;
  say: (message: string) => void;
  signal: AbortSignal | undefined;
}

export interface PreparedDriver {
  driver: Driver;
  state: DriverState;
  /** When an agent drops out while the rig is brought up, the rest goes on. */
  goOnWithoutAgents: boolean;
  /** In words, for progress and a run's header. */
  privileges: string;
  /** What the machines are, for progress. */
  summary: string;
}

/** What a rig's machines will be made of, or taken from: known before any is touched. */
export interface Ground {
  /** What a machine's programs are built for. */
  target(machine: string): Target;
  /** CPUs that all machines share; undefined where each has its own. */
  sharedCores(): Promise<number | undefined>;
  /** Whether K3s can be had without being given. */
  hasK3s(): Promise<boolean>;
  /** Path of K3s's binary for a machine; undefined where machines have its folder anyway. */
  k3sFile(machine: string): Promise<string | undefined>;
  /** Removes what a killed run of this name left. */
  clear(rig: string): Promise<void>;
  prepare(options: GroundOptions): Promise<PreparedDriver>;
}
