import type { NodeUndo } from "../../harness/rig/node-handle.ts";

/** How a change is put back by a process that knows nothing but this: plain data, idempotent. */
export type Undo =
  /** By the node itself: on its lease when the tester is gone, else when asked. */
  | { kind: "node"; node: string; undo: NodeUndo }
  /** By the driver: a machine that is off or frozen cannot help itself. */
  | { kind: "power"; node: string; action: "start" | "unpause" }
  /** By Kubernetes' API, where edgeproof had cordoned it. */
  | { kind: "uncordon"; node: string }
  /** By Kubernetes' API. */
  | { kind: "scale"; namespace: string; deployment: string; replicas: number };

/** One change of a fault. Its undo step is on disk before `apply` begins. */
export interface Change {
  /** For people, with the machine: `pi4-1: nft -f - (table inet edgeproof-handshake)`. */
  what: string;
  /** Undefined: nothing stays behind that could be undone, such as a killed pod that its controller replaces. */
  undo: Undo | undefined;
  apply(): Promise<void>;
  /** How the process that made it puts it back, where that differs from `undo`. */
  revert?(): Promise<void>;
}

/** Makes changes so that they are put back whatever happens. */
export interface Guard {
  /** Journal (fsync) and, for a node's undo, the node's lease; then the change. */
  apply(fault: string, change: Change): Promise<void>;
  /** Puts all changes of a fault back, latest first; every one is tried, the first error is thrown. */
  revert(fault: string): Promise<void>;
}
