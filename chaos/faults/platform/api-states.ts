import { request } from "node:https";

import type { KubeConfig } from "@kubernetes/client-node";

import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { streamProbe } from "../../probe/stream-probe.ts";
import type { FaultRig } from "../fault-rig.ts";
import { type ExpectedState, untilAll } from "../state-evidence.ts";
import { apiWay } from "../stream/stream-way.ts";

const LIMIT_MS = 2_000;
const RECOVERY_MS = 60_000;

/** By the way of users: the kubeconfig. */
async function readyz(kube: KubeConfig): Promise<boolean> {
  const options = { method: "GET", timeout: LIMIT_MS, agent: false as const };
  await kube.applyToHTTPSOptions(options);
  return new Promise((resolve) => {
    const asked = request(`${kube.getCurrentCluster()?.server}/readyz`, options, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode === 200));
      answer.once("error", () => resolve(false));
    });
    asked.once("error", () => resolve(false));
    asked.once("timeout", () => asked.destroy());
    asked.end();
  });
}

/** Any answer, 401 included, over the way that the node's kubelet takes. */
async function answersNode(node: NodeHandle, { server, paths }: FaultRig): Promise<boolean> {
  const shape = { requests: 1, padBytes: 0, close: false, enoughBytes: 0, everyMs: 0, count: 1 };
  const readings = await streamProbe(apiWay(node, server).probe, { ...shape, limitMs: LIMIT_MS }, paths);
  return readings.some(({ answers }) => answers > 0);
}

/** The API answers the tester and every node, before and after but not during. */
export const apiAnswers = (rig: FaultRig): ExpectedState[] => {
  const expected = { quantity: "api-answers", before: true, during: false, after: true } as const;
  return [
    { ...expected, subject: `${rig.tester.name} -> API server`, read: () => readyz(rig.kube) },
    ...rig.nodes.map((node) => ({
      ...expected,
      subject: `${node.name} -> API server`,
      read: () => answersNode(node, rig),
    })),
  ];
};

/** Resolves when the API answers all of them again, its start-up hooks done; the receipt tells if it never does. */
export const untilApiAnswers = async (rig: FaultRig): Promise<void> => {
  await untilAll(apiAnswers(rig), true, { timeoutMs: RECOVERY_MS });
};
