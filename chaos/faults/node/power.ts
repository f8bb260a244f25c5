import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { FaultRig } from "../fault-rig.ts";
import type { StateReading } from "../evidence.ts";
import { untilNodesBack } from "../../kube/nodes.ts";
import { namesOf } from "./targets.ts";

const BACK_TIMEOUT_MS = 180_000;

/** Whether a machine answers on the underlay, asked from the tester: the driver's word is not the only one. */
export async function answersPing({ tester }: FaultRig, { underlay }: NodeHandle): Promise<boolean> {
  // One of three: a lossy profile must not make a machine look dead.
  const argv = ["ping", "-n", "-q", "-c", "3", "-i", "0.2", "-W", "1", underlay];
  return (await tester.exec(argv, { allowFailure: true })).exitCode === 0;
}

export const reachable = (rig: FaultRig, node: NodeHandle): StateReading => ({
  subject: node.name,
  quantity: "reachable",
  read: () => answersPing(rig, node),
});

/** What the driver says of a machine: it runs, not frozen. */
export const running = ({ power }: FaultRig, { name }: NodeHandle): StateReading => ({
  subject: name,
  quantity: "process",
  read: async () => (await power.state(name)) === "running",
});

export const frozen = ({ power }: FaultRig, { name }: NodeHandle): StateReading => ({
  subject: name,
  quantity: "frozen",
  read: async () => (await power.state(name)) === "paused",
});

/** Resolves when those of the machines that are nodes of the cluster have joined again. */
export async function untilBack(rig: FaultRig, machines: readonly NodeHandle[]): Promise<void> {
  const members = namesOf(machines).filter((name) => rig.nodes.some((node) => node.name === name));
  if (members.length > 0) await untilNodesBack(rig.kube, members, BACK_TIMEOUT_MS);
}
