import type { Topology } from "../config/model.ts";
import { rigError } from "../errors.ts";
import type { Rig } from "../rig/rig.ts";
import type { Machine } from "./machine.ts";

/** A rig that is up. Disposing it (`await using`) takes down what `rig.up` made, or leaves what `rig.attach` found. */
export interface LiveRig extends AsyncDisposable {
  /** Name of the rig, by which `edgeproof status`, `heal` and `down` know it. */
  readonly name: string;
  /** What it was made from. */
  readonly topology: Topology;
  /** Path of its kubeconfig, mode 0600, outside the repository. */
  readonly kubeconfig: string;
  /** Nodes of the cluster, in the topology's order. */
  readonly clusterNodes: readonly Machine[];
  /** All that the WAN joins: nodes, tester, dedicated lighthouses. */
  readonly machines: readonly Machine[];
  /** Where loads and probes come from. */
  readonly tester: Machine;
  /**
   * A machine by name, `tester` and `wan` included.
   *
   * @throws EdgeproofError (exit code 3) where there is none of that name
   */
  machine(name: string): Machine;
  /** Removes the rig and what was started for it, whoever made it; any number of times. */
  down(): Promise<void>;
}

const inner = new WeakMap<LiveRig, Rig>();

/** What the rest of the library works with. */
export function rigOf(live: LiveRig): Rig {
  const found = inner.get(live);
  if (found) return found;
  throw rigError("NOT_A_RIG", "this is no rig of `rig.up` or `rig.attach`", {
    fix: "pass on what they returned, from the same copy of edgeproof",
  });
}

/** @param release what the end of its use does, beside `down` */
export function liveRig(rig: Rig, { leave }: { leave: boolean }, release?: () => Promise<void>): LiveRig {
  let released: Promise<void> | undefined;
  const end = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } finally {
      await (released ??= release?.());
    }
  };
  const live: LiveRig = {
    name: rig.name,
    topology: rig.topology,
    kubeconfig: rig.kubeconfig,
    clusterNodes: rig.clusterNodes,
    machines: rig.machines,
    tester: rig.tester,
    machine: (name) => rig.node(name),
    down: () => end(() => rig.down()),
    [Symbol.asyncDispose]: () => end(() => (leave ? rig.disconnect() : rig.down())),
  };
  inner.set(live, rig);
  return live;
}
