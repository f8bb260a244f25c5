import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { FaultRig } from "../fault-rig.ts";
import type { StateReading } from "../evidence.ts";
import { untilNodesBack } from "../../kube/nodes.ts";
import { namesOf } from "./targets.ts";

const BACK_TIMEOUT_MS = 180_000;
/** A small board starts all of its services as slowly as it started them when the rig was brought up. */
const BACK_TIMEOUT_REAL_MS = 900_000;

const TUNNEL_SECONDS = "30";

/** Whether an address answers the tester: the driver's word is not the only one. */
async function answersPing({ tester }: FaultRig, address: string): Promise<boolean> {
  // One of three: a lossy profile must not make a machine look dead.
  const argv = ["ping", "-n", "-q", "-c", "3", "-i", "0.2", "-W", "1", address];
  return (await tester.exec(argv, { allowFailure: true })).exitCode === 0;
}

/** The machine's kernel answers on the underlay. */
export const reachable = (rig: FaultRig, node: NodeHandle): StateReading => ({
  subject: node.name,
  quantity: "reachable",
  read: () => answersPing(rig, node.underlay),
});

/** The machine's Nebula, a process, carries the question to its kernel and the answer back; none where it has no overlay. */
export const overlayReachable = (rig: FaultRig, { name, overlay }: NodeHandle): StateReading[] =>
  overlay === undefined
    ? []
    : [{ subject: name, quantity: "overlay-reachable", read: () => answersPing(rig, overlay) }];

/**
 * How a machine is reached that its power switch cuts off: a container's kernel is gone with it; of a real machine it is
 * the rig's part that is switched, and its Nebula answers no more.
 */
export const switchedReachable = (rig: FaultRig, node: NodeHandle): StateReading[] =>
  rig.power.switches === "machine" ? [reachable(rig, node)] : overlayReachable(rig, node);

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
  const timeoutMs = rig.driver === "container" ? BACK_TIMEOUT_MS : BACK_TIMEOUT_REAL_MS;
  if (members.length > 0) await untilNodesBack(rig.kube, members, timeoutMs);
  // A tunnel of before is given up when its other end says that it knows none. What no answer means, the check says.
  if (rig.power.switches !== "services") return;
  const argv = ["ping", "-n", "-q", "-c", "1", "-i", "0.5", "-w", TUNNEL_SECONDS];
  const overlays = machines.flatMap(({ overlay }) => overlay ?? []);
  await Promise.all(overlays.map((overlay) => rig.tester.exec([...argv, overlay], { allowFailure: true })));
}
