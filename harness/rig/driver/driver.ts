import type { DriverName } from "../../config/model.ts";
import type { FunctionWay } from "../function-way.ts";
import type { NodeIdentity } from "./identified-node.ts";
import type { NodePlatform } from "./node-platform.ts";
import type { RigNode } from "./rig-node.ts";

export type PowerState = "running" | "paused" | "off";

/** The power switch of a rig's machines. Each operation does nothing where the machine is as wanted already. */
export interface Power {
  /** Whole machines, or only the rig's part of them: their kernel goes on and answers pings then. */
  readonly switches: "machine" | "services";
  /** Power cut: every process of the machine ends at once, its disk stays. */
  kill(node: string): Promise<void>;
  /** Shuts down: services are asked to end, in the reverse of their order. */
  stop(node: string): Promise<void>;
  /** Power on; resolves when its agent answers. */
  start(node: string): Promise<void>;
  /** Freezes every process, those of its pods included. */
  pause(node: string): Promise<void>;
  unpause(node: string): Promise<void>;
  /** `gone`: there is no such machine any more. */
  state(node: string): Promise<PowerState | "gone">;
}

export interface MachinePlan extends Omit<NodeIdentity, "underlay"> {
  /** CPU and memory limits of an emulated device class. */
  limits?: { cpus: number; memoryMiB: number } | undefined;
  publish?: number[];
}

/** A file of this machine that a node needs, and in which of the node's folders it appears under its name. */
export interface NodeFile {
  folder: "bin" | "images" | "k3s";
  name: string;
  path: string;
}

/** What a run's header tells of the machines. */
export interface MachineFacts {
  /** `docker 20.10.24`, or `ssh`. */
  engine: string;
  /** CPUs that all machines share; undefined where each has its own. */
  sharedCores: number | undefined;
  /** Of a machine, in Node's words (`x64`, `arm64`). */
  architecture(machine: string): string;
  /** What else decides how a run's figures are read; absent where there is nothing. */
  settings?: Readonly<Record<string, string | number>>;
}

/** What there is of a driver once its rig is up. */
export interface RigDriver {
  readonly kind: DriverName;
  readonly power: Power;
  /** The handle of a machine that exists already, for commands that come after `up`. */
  attach(identity: NodeIdentity): RigNode;
  facts(): Promise<MachineFacts>;
  /** Takes what lies in a folder of a machine's disk, while the machine is off; absent where disks are not the rig's. */
  readonly loseDisk?: (machine: string, folder: string) => Promise<void>;
  /** Where functions are, if the cluster is not the rig's own. */
  readonly namespace?: string;
  /** How requests come to functions, where no overlay leads there. */
  readonly way?: FunctionWay | undefined;
  /** Ends connections that the driver itself keeps; the machines stay. */
  close(): Promise<void>;
  /** Removes everything that the rig made on and of machines; idempotent. Says how far it is where that takes long. */
  remove(say?: (message: string) => void): Promise<void>;
}

/** Makes the machines of one rig, or takes those that there are, and removes what it made. */
export interface Driver extends RigDriver {
  /** Gives every machine a place on the underlay; resolves with their addresses there. */
  layNetwork(machines: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** TCP ports by which machines are controlled over their underlay: never impaired. Empty where that goes another way. */
  readonly controlPorts: readonly number[];
  /** Starts the router that all machines meet at; undefined where they meet on a network that is not the rig's. */
  readonly startRouter: ((name: string) => Promise<RigNode>) | undefined;
  /** Has `layNetwork` behind it. */
  startMachine(plan: MachinePlan): Promise<RigNode>;
  platform(machine: string): NodePlatform;
  /** Puts a file on the node, or nothing where the node sees its folder anyway. */
  place(machine: string, file: NodeFile): Promise<void>;
  /** Port on this machine's loopback at which a published port of a machine is reached. */
  publishedPort(machine: string, port: number): Promise<number>;
  /** Address that a machine sees connections to its published ports come from; undefined: its own loopback. */
  publishedFrom(machine: string): string | undefined;
}
