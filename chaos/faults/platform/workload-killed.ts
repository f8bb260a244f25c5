import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

import { rigError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { checkStates, watchStates } from "../evidence.ts";
import type { FaultRig } from "../fault-rig.ts";
import { type WorkloadPod, workloadPod } from "./workload-pods.ts";

const LIMIT_MS = 90_000;
const INTERVAL_MS = 100;

/** Every process whose cgroup bears the container's name; says how many there were. Any runtime names cgroups so. */
const KILL = `killed=0
for file in $(grep -ls -- "$1" /proc/[0-9]*/cgroup); do
  process=\${file#/proc/}
  kill -9 "\${process%/cgroup}" && killed=$((killed + 1))
done
echo "$killed"`;

export const workloadKilled = defineFault({
  name: "workload-killed",
  layer: "platform",
  summary:
    "The process of a workload is killed (SIGKILL), and its kubelet starts it again with the same disk.",
  target: "rig",
  parameters: z.strictObject({
    workload: z.string().describe("Its kind in the topology, such as nats."),
  }),
  proof:
    "The container that was killed does not run for the whole window, by the kubelet's word; after, another one is ready, and the pod has been restarted once more.",
  undo: "Nothing to undo: the kubelet starts the container again; the fault is healed when it is ready.",
  limits: [
    "The kubelet waits 10 s before a second restart within ten minutes, 20 s before a third, and so on.",
    "What the process had not written is lost; what the kernel had not is not: the machine goes on.",
  ],
  example: "- fault: workload-killed\n  workload: nats",
  async build({ workload: kind }, _target, { rig, name, phase, guard }) {
    await workloadPod(rig, kind);
    let victim: WorkloadPod | undefined;
    const gone = {
      ...{ subject: kind, quantity: "process-replaced" as const },
      read: async () => (await workloadPod(rig, kind)).container !== victim?.container,
    };
    const ready = {
      ...{ subject: kind, quantity: "ready" as const },
      read: async () => (await workloadPod(rig, kind)).ready,
    };
    const restarted = {
      ...{ subject: `${kind}, restarted once`, quantity: "process-replaced" as const },
      read: async () => (await workloadPod(rig, kind)).restarts === (victim?.restarts ?? 0) + 1,
    };
    return new ChangeFault({
      ...{ name, phase, guard },
      description: `SIGKILL to the process of ${kind}`,
      changes: [
        {
          what: `kill -9 of the processes of ${kind}'s container`,
          undo: undefined,
          apply: async () => {
            if (!victim) throw rigError("NOT_LOOKED", `${kind} was not looked at before`);
            await kill(rig.machine(victim.node), victim);
          },
        },
        {
          what: `until the kubelet says that ${kind}'s container is over`,
          undo: undefined,
          apply: async () => {
            if (victim) await untilSeen(rig, kind, victim);
          },
        },
      ],
      evidence: {
        async before() {
          victim = await workloadPod(rig, kind);
          return checkStates([ready], true);
        },
        during: () => watchStates([gone], true, 250),
        after: () => checkStates([gone, restarted, ready], true),
      },
      affects: [],
      recovered: () => untilReady(rig, kind),
    });
  },
});

async function kill(node: NodeHandle, { container }: WorkloadPod): Promise<void> {
  const { stdout } = await node.exec(["sh", "-c", KILL, "sh", container]);
  if (container === "" || Number(stdout) === 0)
    throw rigError("NOTHING_KILLED", "no process of the workload's container was found", {
      where: `node ${node.name}, container ${container || "none"}`,
    });
}

/** The kubelet needs a moment to see it, and what it says is what the receipt reads. */
async function untilSeen(rig: FaultRig, kind: string, { container }: WorkloadPod): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const pod = await workloadPod(rig, kind).catch(() => undefined);
    if (pod && pod.container !== container) return;
    if (Date.now() > until)
      throw rigError(
        "NOT_SEEN",
        `the kubelet did not notice in ${LIMIT_MS / 1000} s that ${kind} was killed`,
      );
    await delay(INTERVAL_MS);
  }
}

/** Or until that took too long: the receipt, which asks the same afterwards, says so then. */
async function untilReady(rig: FaultRig, kind: string): Promise<void> {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const pod = await workloadPod(rig, kind).catch(() => undefined);
    if (pod?.ready || Date.now() > until) return;
    await delay(INTERVAL_MS);
  }
}
