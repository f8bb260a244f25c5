import { AppsV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";

import { rigError } from "../../harness/errors.ts";
import type { NodeUndo, NodeHandle } from "../../harness/rig/node-handle.ts";
import type { FaultRig } from "../faults/fault-rig.ts";
import { patchNode } from "../kube/drain.ts";
import { readNode } from "../kube/nodes.ts";
import { CORDON_ANNOTATION, UNCORDON } from "../pressure/uncordon.ts";
import type { Undo } from "./change.ts";

/** What undo steps need of a rig. */
export interface Machinery {
  machine(name: string): NodeHandle;
  power: Pick<FaultRig["power"], "start" | "unpause">;
  kube: FaultRig["kube"];
}

const EXEC_LIMIT_MS = 30_000;

async function runOnNode(node: NodeHandle, undo: NodeUndo): Promise<void> {
  if (undo.kind === "exec") await node.exec(undo.argv, { timeoutMs: EXEC_LIMIT_MS });
  else if (undo.action === "resume") await node.resumeService(undo.service);
  else if (undo.action === "stop") await node.stopService(undo.service);
  else await node.restartService(undo.service);
}

/** By its lease, so that the node undoes it once; else by hand: the node may have lost it, or never have had it. */
async function undoOnNode(node: NodeHandle, id: string, undo: NodeUndo): Promise<void> {
  const leased = (await node.leases()).some((lease) => lease.id === id);
  if (leased) await node.releaseLease(id);
  else await runOnNode(node, undo);
}

async function uncordon(kube: FaultRig["kube"], name: string): Promise<void> {
  const node = await readNode(kube, name);
  // Another's cordon is not ours to take away.
  if (node?.metadata?.annotations?.[CORDON_ANNOTATION] === undefined) return;
  await patchNode(kube, name, UNCORDON);
}

async function scale(kube: FaultRig["kube"], undo: Extract<Undo, { kind: "scale" }>): Promise<void> {
  const { namespace, deployment, replicas } = undo;
  try {
    await kube
      .makeApiClient(AppsV1Api)
      .patchNamespacedDeploymentScale(
        { namespace, name: deployment, body: { spec: { replicas } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
  } catch (cause) {
    // A deployment that is gone has no replicas to put back.
    if ((cause as { code?: number }).code === 404) return;
    throw rigError("NOT_SCALED", `${namespace}/${deployment} was not scaled back to ${replicas}`, { cause });
  }
}

/** Puts one change back; idempotent. `id` is its journal entry's. */
export async function runUndoStep(id: string, undo: Undo, machinery: Machinery): Promise<void> {
  switch (undo.kind) {
    case "node":
      return undoOnNode(machinery.machine(undo.node), id, undo.undo);
    case "power":
      return machinery.power[undo.action](undo.node);
    case "uncordon":
      return uncordon(machinery.kube, undo.node);
    case "scale":
      return scale(machinery.kube, undo);
  }
}
