import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { z } from "zod";

import { rigError, usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";
import { type ExpectedState, stateEvidence, untilAll } from "../state-evidence.ts";

const NAMESPACE = "kube-system";
const DEPLOYMENT = "coredns";
const SERVICE = "kube-dns";
const NAME = "kubernetes.default.svc.cluster.local";
const LIMIT_MS = 60_000;

async function resolves(node: NodeHandle, server: string, { runtime }: FaultRig["paths"]): Promise<boolean> {
  const argv = [`${runtime}/node`, `${runtime}/name-probe.mjs`, server, NAME, "1", "0", "1000"];
  const { stdout } = await node.exec(argv);
  return stdout.trim() !== "lost" && stdout.trim() !== "";
}

async function scale({ kube }: FaultRig, replicas: number): Promise<void> {
  await kube
    .makeApiClient(AppsV1Api)
    .patchNamespacedDeploymentScale(
      { namespace: NAMESPACE, name: DEPLOYMENT, body: { spec: { replicas } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
}

async function settle(states: readonly ExpectedState[], wanted: boolean): Promise<void> {
  if (await untilAll(states, wanted, { timeoutMs: LIMIT_MS })) return;
  const still = wanted ? "do not resolve names again" : "still resolve names";
  throw rigError("DNS", `nodes ${still} ${LIMIT_MS / 1000} s after ${DEPLOYMENT} was scaled`);
}

export const dnsDown = defineFault({
  name: "dns-down",
  layer: "platform",
  summary: "The cluster's DNS is scaled to nothing: names of services are not resolved.",
  target: "rig",
  parameters: z.strictObject({}),
  proof: `Every node asks the DNS service for ${NAME} once a second: never an answer during, always one before and after.`,
  undo: "CoreDNS's Deployment gets its replicas back by the API; `edgeproof heal` does it when the tester is gone, no node can alone.",
  limits: [
    "Functions that call no other service by name do not notice.",
    "Not together with api-server-down.",
  ],
  example: "- fault: dns-down",
  async build(_params, _target, { rig, name, phase, guard }) {
    const api = { namespace: NAMESPACE };
    const [{ spec }, service] = await Promise.all([
      rig.kube.makeApiClient(AppsV1Api).readNamespacedDeployment({ ...api, name: DEPLOYMENT }),
      rig.kube.makeApiClient(CoreV1Api).readNamespacedService({ ...api, name: SERVICE }),
    ]);
    const replicas = spec?.replicas ?? 1;
    const address = service.spec?.clusterIP ?? "";
    if (replicas === 0)
      throw usageError("DNS_IS_DOWN", `${DEPLOYMENT} has no replicas already`, {
        fix: "run `edgeproof heal`",
      });
    const states = rig.nodes.map((node): ExpectedState => ({
      ...{ subject: `${node.name} -> ${SERVICE}`, quantity: "name-resolved" },
      ...{ before: true, during: false, after: true },
      read: () => resolves(node, address, rig.paths),
    }));
    return new ChangeFault({
      ...{ name, phase, guard },
      description: `${NAMESPACE}/${DEPLOYMENT} scaled from ${replicas} to 0`,
      changes: [
        {
          what: `API: scale ${NAMESPACE}/${DEPLOYMENT} from ${replicas} to 0`,
          undo: { kind: "scale", namespace: NAMESPACE, deployment: DEPLOYMENT, replicas },
          apply: async () => {
            await scale(rig, 0);
            await settle(states, false);
          },
        },
      ],
      evidence: stateEvidence(states),
      affects: [],
      recovered: () => settle(states, true),
    });
  },
});
