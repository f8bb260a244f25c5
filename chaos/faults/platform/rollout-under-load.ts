import { AppsV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { z } from "zod";

import type { ReceiptCheck, ReceiptQuantity } from "../../../harness/record/model.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";
import { type FunctionPod, deployedPods, podsOf, untilReplaced } from "./function-pods.ts";

/** As `kubectl rollout restart` does, with a key of its own. */
const ANNOTATION = "edgeproof.dev/rollout";

async function isComplete({ kube, namespace }: FaultRig, fn: string): Promise<boolean> {
  const found = await kube.makeApiClient(AppsV1Api).readNamespacedDeployment({ name: fn, namespace });
  const { metadata, spec, status } = found;
  const all = spec?.replicas ?? 1;
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 1);
  const counts = [status?.replicas, status?.updatedReplicas, status?.availableReplicas];
  return seen && counts.every((count) => count === all);
}

export const rolloutUnderLoad = defineFault({
  name: "rollout-under-load",
  layer: "platform",
  summary: "All pods of a function are replaced by a rolling update that changes nothing but an annotation.",
  target: "rig",
  byApi: "functions",
  parameters: z.strictObject({
    function: z.string().default("hello-world").describe("The function. Default hello-world."),
  }),
  proof:
    "New pods have come by the end of the window; after, the rollout is complete and not one of the old pods is left.",
  undo: "Nothing to undo: the fault is healed when the rollout is complete. The annotation stays, as taking it away would be another rollout.",
  limits: [
    "A window of less than about 2 s may end before the first new pod is there: the receipt does not hold then.",
  ],
  example: "- fault: rollout-under-load\n  function: hello-world",
  async build({ function: fn }, _target, { rig, name, phase, guard }) {
    await deployedPods(rig, fn);
    let old: FunctionPod[] = [];
    const newPods = async (): Promise<FunctionPod[]> => {
      const known = new Set(old.map(({ uid }) => uid));
      return (await podsOf(rig, fn)).filter(({ uid }) => !known.has(uid));
    };
    return new ChangeFault({
      ...{ name, phase, guard },
      description: `rolling update of ${fn}`,
      changes: [
        {
          what: `API: annotate the pod template of ${rig.namespace}/${fn} (${ANNOTATION})`,
          undo: undefined,
          apply: async () => {
            const template = { metadata: { annotations: { [ANNOTATION]: `${name} ${Date.now()}` } } };
            await rig.kube
              .makeApiClient(AppsV1Api)
              .patchNamespacedDeployment(
                { name: fn, namespace: rig.namespace, body: { spec: { template } } },
                setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
              );
          },
        },
      ],
      evidence: {
        async before() {
          old = await deployedPods(rig, fn);
          return [state(fn, "rollout-complete", true, await isComplete(rig, fn))];
        },
        during: () => ({
          stop: async () => [state(`new pods of ${fn}`, "pod-replaced", true, (await newPods()).length > 0)],
        }),
        async after() {
          const fresh = await newPods();
          const replaced = fresh.length === old.length && fresh.length === (await podsOf(rig, fn)).length;
          return [
            state(fn, "rollout-complete", true, await isComplete(rig, fn)),
            state(`all pods of ${fn}`, "pod-replaced", true, replaced),
          ];
        },
      },
      affects: [],
      recovered: () => untilReplaced(rig, fn, new Set(old.map(({ uid }) => uid)), old.length),
    });
  },
});

const state = (
  subject: string,
  quantity: ReceiptQuantity,
  wanted: boolean,
  found: boolean,
): ReceiptCheck => ({
  ...{ subject, quantity, asked: wanted ? 1 : 0, measured: found ? 1 : 0, tolerance: 0 },
  ...{ samples: 1, held: wanted === found },
});
