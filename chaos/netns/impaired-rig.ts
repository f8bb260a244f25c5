import type { WanHandle } from "../wan/wan-handle.ts";
import type { NetnsNode } from "./netns-node.ts";

/** Machines in network namespaces whose links a WAN engine impairs, whatever the layout; for tests. */
export interface ImpairedRig {
  /** Exit codes of the services that were stopped, null for one that runs or was killed. */
  readonly exitCodes: (number | null)[];
  node(name: string): NetnsNode;
  /** Starts the engine, and connects to it. */
  startWan(backend: string): Promise<WanHandle>;
  stopWan(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Removes what a killed engine left. */
  cleanWan(): Promise<void>;
  /** Runs a program on a machine that impairs, as somebody else might. */
  impair(argv: readonly string[]): Promise<string>;
  /** All that the engine may change, wherever it runs. */
  state(): Promise<unknown>;
  destroy(): Promise<void>;
}
