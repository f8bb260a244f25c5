import type { KubeConfig } from "@kubernetes/client-node";

import type { DriverName } from "../../harness/config/model.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";

/** What the driver can do to a machine from outside. */
export interface PowerSwitch {
  /**
   * `machine`: all of it, kernel included. `services`: the rig's part of a real machine, which nothing could switch on
   * again; its kernel goes on, answers pings, and can be reached.
   */
  readonly switches: "machine" | "services";
  /** Power cut: all processes end at once, the disk stays. */
  kill(node: string): Promise<void>;
  /** Graceful: processes are asked to end. */
  stop(node: string): Promise<void>;
  /** Power on; resolves when its agent answers. Nothing if it runs. */
  start(node: string): Promise<void>;
  /** All processes frozen; the machine does not answer and loses nothing. */
  pause(node: string): Promise<void>;
  /** Nothing if it is not frozen. */
  unpause(node: string): Promise<void>;
  state(node: string): Promise<"running" | "paused" | "off" | "gone">;
}

/** The rig as faults see it. */
export interface FaultRig {
  readonly name: string;
  /**
   * Container machines share the host's kernel and clock; faults that need their own refuse it. Of a `cluster` nothing but
   * the API is reached.
   */
  readonly driver: DriverName;
  /** Nodes of the cluster. */
  readonly nodes: readonly NodeHandle[];
  /** Nodes, dedicated lighthouses and the tester: all that the WAN joins. */
  readonly machines: readonly NodeHandle[];
  readonly server: NodeHandle;
  readonly tester: NodeHandle;
  /** Share of the usual rate of probes that machines can take, above 0 and at most 1. @default 1 */
  readonly probeShare?: number;
  /** Machine whose WAN engine impairs what `from` sends: a router, or the machine itself. Undefined where none can. */
  readonly wanHost: ((from: string) => string) | undefined;
  /** Machines that are Nebula lighthouses (and relays): dedicated ones, else the server. */
  readonly lighthouses: readonly NodeHandle[];
  /** @throws EdgeproofError where there is no machine of that name, the router and `tester` included. */
  machine(name: string): NodeHandle;
  /** Kubernetes labels of a node, as the topology gives them. */
  labelsOf(node: string): Readonly<Record<string, string>>;
  readonly power: PowerSwitch;
  /** Where functions are. */
  readonly namespace: string;
  /** Faults may reach beyond that namespace, on a cluster that others use, too. */
  readonly mayReachOut: boolean;
  /** The API by a way that no fault touches. */
  readonly kube: KubeConfig;
  /** The rig's folder on this machine, 0700: Nebula's CA lies in `nebula/`. */
  readonly folder: string;
  /** On every machine: binaries of the toolchain, and edgeproof's own programs with Node as `node`. */
  readonly paths: { readonly bin: string; readonly runtime: string };
  /** Path of nebula-cert on this machine. */
  nebulaCert(): Promise<string>;
}
