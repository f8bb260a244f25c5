import { CoreV1Api } from "@kubernetes/client-node";
import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { usageError } from "../../../harness/errors.ts";
import type { ReceiptCheck, ReceiptQuantity } from "../../../harness/record/model.ts";
import { Random } from "../../../harness/statistics/random.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { checkStates, watchStates } from "../evidence.ts";
import { type FunctionPod, deployedPods, podsOf, untilReplaced } from "./function-pods.ts";

export const functionPodKilled = defineFault({
  name: "function-pod-killed",
  layer: "platform",
  summary: "Pods of a function are deleted with no time to end; their Deployment replaces them.",
  target: "rig",
  byApi: "functions",
  parameters: z
    .strictObject({
      function: z.string().default("hello-world").describe("The function. Default hello-world."),
      pods: z
        .number()
        .int()
        .min(0)
        .optional()
        .describe("How many of its pods. Default 1; 0 changes nothing."),
      share: quantity("share", "Or which share of them, rounded up.").optional(),
    })
    .refine(({ pods, share }) => pods === undefined || share === undefined, "either pods or share, not both"),
  proof:
    "The killed pods' UIDs are gone from the API for the whole window and all others are there; after, as many as were killed are new and ready.",
  undo: "Nothing to undo: the Deployment makes new pods; the fault is healed when they are ready.",
  limits: ["Which pods is drawn from the run's seed and their names, which are new in every run."],
  example: "- fault: function-pod-killed\n  function: hello-world\n  pods: 1",
  async build({ function: fn, pods: wanted, share }, _target, { rig, name, phase, guard, seed }) {
    const there = await deployedPods(rig, fn);
    const count = share === undefined ? (wanted ?? 1) : Math.ceil(share * there.length);
    if (count > there.length)
      throw usageError("TOO_FEW_PODS", `${count} pods of ${fn} cannot be killed: there are ${there.length}`);
    let known: FunctionPod[] = [];
    let victims: FunctionPod[] = [];
    const gone = ({ uid, name: pod }: FunctionPod) => ({
      ...{ subject: `pod ${pod}`, quantity: "pod-replaced" as const },
      read: async () => !(await podsOf(rig, fn)).some((one) => one.uid === uid),
    });
    return new ChangeFault({
      ...{ name, phase, guard },
      description: `${count} of ${there.length} pods of ${fn} deleted with grace 0`,
      changes: [
        {
          what: `API: delete ${count} of the pods of ${rig.namespace}/${fn}, grace period 0`,
          undo: undefined,
          apply: async () => {
            const core = rig.kube.makeApiClient(CoreV1Api);
            for (const pod of victims)
              await core.deleteNamespacedPod({
                ...{ name: pod.name, namespace: rig.namespace },
                // Of the body, if there is one, and not of the query.
                body: { gracePeriodSeconds: 0, preconditions: { uid: pod.uid } },
              });
          },
        },
      ],
      evidence: {
        async before() {
          known = await deployedPods(rig, fn);
          victims = draw(known, count, seed);
          return [counted(`pods of ${fn}`, "ready", known.length, readyIn(known))];
        },
        during() {
          const others = known.filter((pod) => !victims.includes(pod));
          const windows = [
            watchStates(victims.map(gone), true, 1_000),
            watchStates(others.map(gone), false, 1_000),
          ];
          return { stop: async () => (await Promise.all(windows.map((window) => window.stop()))).flat() };
        },
        async after() {
          const pods = await podsOf(rig, fn);
          const old = new Set(known.map(({ uid }) => uid));
          const fresh = pods.filter(({ uid }) => !old.has(uid));
          return [
            counted(`pods of ${fn}`, "ready", known.length, readyIn(pods)),
            counted(`new pods of ${fn}`, "pod-replaced", victims.length, readyIn(fresh)),
            ...(await checkStates(victims.map(gone), true)),
          ];
        },
      },
      affects: [],
      recovered: () => untilReplaced(rig, fn, new Set(victims.map(({ uid }) => uid)), known.length),
    });
  },
});

/** The same of the same pods with the same seed. */
function draw(pods: readonly FunctionPod[], count: number, seed: number): FunctionPod[] {
  const random = new Random(seed);
  const left = [...pods].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Array.from({ length: count }, () => left.splice(Math.floor(random.next() * left.length), 1)).flat();
}

const readyIn = (pods: readonly FunctionPod[]): number => pods.filter(({ ready }) => ready).length;

const counted = (
  subject: string,
  quantity: ReceiptQuantity,
  asked: number,
  measured: number,
): ReceiptCheck => ({
  ...{ subject, quantity, asked, measured, tolerance: 0 },
  samples: Math.max(1, measured),
  held: asked === measured,
});
