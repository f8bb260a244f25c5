import type { NodeRole } from "../rig/node-handle.ts";
import type { Share } from "./quantities.ts";

/** Which machines: every key that is given must fit; `count` or `fraction` chooses among those that do, by the run's seed. */
export interface MachineSelection {
  /** One machine by name. */
  node?: string;
  /** Machines by name; at least one. */
  nodes?: readonly string[];
  /** Machines of a site. */
  site?: string;
  /** Machines of a device class, such as `pi4`. */
  class?: string;
  /** Machines by what they are for. */
  role?: Exclude<NodeRole, "wan">;
  /** Kubernetes label of a node, `key=value`. */
  label?: string;
  /** All of them. */
  all?: true;
  /** So many of the selection. */
  count?: number;
  /** This share of the selection, rounded up. */
  fraction?: Share;
}

/** Target of a fault of machines: the name of one, or a selection. */
export type MachineTarget = string | MachineSelection;

/** Target of a fault of links, each direction by itself. Exactly one of `from`, `between` and `all` is given. */
export interface LinkTarget {
  /** Machines that send. */
  from?: MachineTarget;
  /** Machines that receive. @default "rest", all that are not in `from` */
  to?: MachineTarget;
  /** Both ways between two sites; `tester` is one. */
  between?: readonly [string, string];
  /** Also from `to` to `from`. @default false */
  bothWays?: boolean;
  /** Every direction between any two machines. */
  all?: true;
}

/** Target of a fault of TCP streams. */
export interface StreamTarget {
  /** `gateway`: tester to function; `api`: a node to the API server; `service`: pods of a node to a service. */
  point: "gateway" | "api" | "service";
  /** The machine at which the streams begin. @default the tester for `gateway`, else an agent by the seed */
  node?: MachineTarget;
  /** Name of the service or the function. */
  service: string;
}
