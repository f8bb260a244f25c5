import { CoreV1Api, type KubeConfig, type V1Namespace } from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";
import { complaint } from "../../rig/kube/apply.ts";
import { type ApiAnswer, ApiRequests, succeeded } from "../../rig/kube/api-request.ts";
import { follow, untilListed } from "../../rig/kube/watch.ts";
import { Changes } from "./changes.ts";
import { eachOf } from "./each-of.ts";
import { isSimulatedName, SCALE_NAMESPACE, SCALE_SELECTOR } from "./scale-objects.ts";

const LIMIT_MS = 120_000;
const CONNECTIONS = 8;
const SELECTOR = `labelSelector=${encodeURIComponent(SCALE_SELECTOR)}`;
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
const NODES = "/api/v1/nodes";
const EVENTS = "/api/v1/namespaces/default/events";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";

const answered = (answer: ApiAnswer, what: string): string => {
  if (succeeded(answer) || answer.status === 404) return answer.body;
  throw rigError("SCALE_NOT_REMOVED", `what \`edgeproof scale\` made is not all gone: ${complaint(answer)}`, {
    where: what,
    fix: "run `edgeproof heal`, or take the rig down",
  });
};

interface ObjectList {
  items?: { metadata: { name: string }; involvedObject?: { name?: string } }[];
}

class Removal {
  private readonly kube: KubeConfig;
  private readonly api: ApiRequests;

  constructor(kube: KubeConfig) {
    this.kube = kube;
    this.api = new ApiRequests(kube, LIMIT_MS, CONNECTIONS);
  }

  private async list(path: string): Promise<NonNullable<ObjectList["items"]>> {
    const text = answered(await this.api.send({ method: "GET", path }), path);
    return (JSON.parse(text) as ObjectList).items ?? [];
  }

  private async remove(path: string): Promise<void> {
    answered(await this.api.send({ method: "DELETE", path }), path);
  }

  private async each(folder: string, names: readonly string[]): Promise<void> {
    await eachOf(names, CONNECTIONS, (name) => this.remove(`${folder}/${name}`));
  }

  async all(): Promise<number> {
    const nodes = (await this.list(`${NODES}?${SELECTOR}`)).map(({ metadata }) => metadata.name);
    const pods = `/api/v1/namespaces/${SCALE_NAMESPACE}/pods`;
    const leases = (await this.list(LEASES)).map(({ metadata }) => metadata.name).filter(isSimulatedName);
    const had =
      (await this.api.send({ method: "GET", path: `/api/v1/namespaces/${SCALE_NAMESPACE}` })).status === 200;
    if (nodes.length + leases.length === 0 && !had) return 0;
    const podCount = had ? (await this.list(pods)).length : 0;
    // No kubelet confirms that a pod has ended.
    if (had) await this.remove(`${pods}?gracePeriodSeconds=0`);
    await this.remove(`${NODES}?${SELECTOR}`);
    await this.each(LEASES, leases);
    for (const path of [
      `${RBAC}/clusterrolebindings/${SCALE_NAMESPACE}`,
      `${RBAC}/clusterroles/${SCALE_NAMESPACE}`,
      `/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/${SCALE_NAMESPACE}`,
    ])
      await this.remove(path);
    if (had) await this.removeNamespace();
    const told = await this.list(`${EVENTS}?fieldSelector=involvedObject.kind%3DNode`);
    const about = told.filter(({ involvedObject }) => isSimulatedName(involvedObject?.name ?? ""));
    await this.each(
      EVENTS,
      about.map(({ metadata }) => metadata.name),
    );
    return nodes.length + podCount;
  }

  private async removeNamespace(): Promise<void> {
    const core = this.kube.makeApiClient(CoreV1Api);
    const fieldSelector = `metadata.name=${SCALE_NAMESPACE}`;
    const changes = new Changes();
    let gone = false;
    const watch = follow<V1Namespace>(
      this.kube,
      "/api/v1/namespaces",
      () => core.listNamespace({ fieldSelector }),
      {
        onEvent: (event) => {
          gone = event === "DELETED";
          changes.tell();
        },
      },
      { fieldSelector },
    );
    try {
      // Watched before it is deleted, or its end might be missed.
      await untilListed([watch]);
      await this.remove(`/api/v1/namespaces/${SCALE_NAMESPACE}`);
      if (!(await changes.until(() => gone, LIMIT_MS, AbortSignal.timeout(2 * LIMIT_MS))))
        throw rigError("SCALE_NOT_REMOVED", `the namespace ${SCALE_NAMESPACE} is still there`, {
          expected: `it to be gone within ${LIMIT_MS / 1000} s`,
          fix: "run `edgeproof heal`, or take the rig down",
        });
    } finally {
      watch.stop();
    }
  }
}

/** Removes what a run of `edgeproof scale` left in the cluster; returns how many nodes and pods that were. */
export const removeScaleObjects = (kube: KubeConfig): Promise<number> => new Removal(kube).all();
