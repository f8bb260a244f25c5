import { randomBytes } from "node:crypto";

import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";

import type { ReceiptCheck } from "../../../harness/record/model.ts";
import { PROBE_LABEL, PROBE_NAMESPACE } from "../../kube/probe-objects.ts";
import type { Evidence } from "../evidence.ts";

const PLACED_MS = 30_000;
const INTERVAL_MS = 200;

/**
 * Pods of its own that ask for a node and nothing else: their image is nowhere, so that none ever runs. One before, one
 * made while the fault is in force that must wait, and get its node after.
 */
export class PlacementEvidence implements Evidence {
  private readonly core: CoreV1Api;
  private waiting: string | undefined;

  constructor(kube: KubeConfig) {
    this.core = kube.makeApiClient(CoreV1Api);
  }

  async before(): Promise<ReceiptCheck[]> {
    await this.sweep();
    const pod = await this.create();
    const placed = await this.isPlacedWithin(pod, PLACED_MS);
    await this.remove(pod);
    return [check("a pod made before", true, placed)];
  }

  during() {
    const created = this.create().then((pod) => (this.waiting = pod));
    created.catch(() => undefined);
    return {
      stop: async () => [check("a pod made under the fault", false, await this.isPlaced(await created))],
    };
  }

  async after(): Promise<ReceiptCheck[]> {
    if (this.waiting === undefined) return [];
    const placed = await this.isPlacedWithin(this.waiting, PLACED_MS);
    await this.remove(this.waiting);
    this.waiting = undefined;
    return [check("a pod made under the fault", true, placed)];
  }

  private async create(): Promise<string> {
    const name = `edgeproof-probe-${randomBytes(4).toString("hex")}`;
    const container = { name: "none", image: "edgeproof.invalid/none:0", imagePullPolicy: "Never" };
    await this.core.createNamespacedPod({
      namespace: PROBE_NAMESPACE,
      body: {
        metadata: { name, labels: { [PROBE_LABEL]: "placement" } },
        spec: {
          ...{ automountServiceAccountToken: false, terminationGracePeriodSeconds: 0 },
          containers: [container],
        },
      },
    });
    return name;
  }

  private async isPlaced(name: string): Promise<boolean> {
    const { spec } = await this.core.readNamespacedPod({ name, namespace: PROBE_NAMESPACE });
    return spec?.nodeName !== undefined;
  }

  private async isPlacedWithin(name: string, limitMs: number): Promise<boolean> {
    const until = Date.now() + limitMs;
    while (!(await this.isPlaced(name).catch(() => false))) {
      if (Date.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
    return true;
  }

  private async remove(name: string): Promise<void> {
    await this.core.deleteNamespacedPod({ name, namespace: PROBE_NAMESPACE, gracePeriodSeconds: 0 });
  }

  /** Of a run that was cut off. */
  private async sweep(): Promise<void> {
    const query = { namespace: PROBE_NAMESPACE, labelSelector: `${PROBE_LABEL}=placement` };
    await this.core.deleteCollectionNamespacedPod({ ...query, gracePeriodSeconds: 0 });
  }
}

const check = (subject: string, wanted: boolean, placed: boolean): ReceiptCheck => {
  const [asked, measured] = [wanted ? 1 : 0, placed ? 1 : 0];
  const held = asked === measured;
  return { subject, quantity: "pods-scheduled", asked, measured, tolerance: 0, samples: 1, held };
};
