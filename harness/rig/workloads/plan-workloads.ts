import { CoreV1Api } from "@kubernetes/client-node";

import type { WorkloadPlan } from "../../config/model.ts";
import { stage } from "../engine/engine.ts";
import { ensureNamespace } from "../functions/manifests.ts";
import type { StoredImage } from "../images/image-store.ts";
import { applyAll } from "../kube/apply.ts";
import { ApiRequests } from "../kube/api-request.ts";
import { loadKubeconfig } from "../kube/kube-client.ts";
import type { TaskGraph } from "../task-graph.ts";
import { definitionOf } from "./catalogue.ts";
import { workloadNeeds, workloadObjects } from "./manifests.ts";
import { Workload } from "./running-workload.ts";
import { ensureSecrets } from "./workload-secrets.ts";
import { type WorkloadImageContext, WORKLOADS_NAMESPACE } from "./workload.ts";

const API_LIMIT_MS = 15_000;

/** Programs of the toolchain that the workloads of a topology are made of. */
export const workloadTools = (plans: readonly WorkloadPlan[]): string[] =>
  plans.flatMap(({ kind }) => definitionOf(kind).tools);

/** Whether one of them has its data on a volume, so that the cluster needs what makes volumes. */
export const needVolumes = (plans: readonly WorkloadPlan[]): boolean =>
  plans.some(({ kind }) => definitionOf(kind).volume !== undefined);

/** The images of a topology's workloads, each made once, however many nodes ask. */
export class WorkloadImages {
  private readonly plans: readonly WorkloadPlan[];
  private readonly contextOf: (node: string) => WorkloadImageContext;
  private readonly made = new Map<string, Promise<StoredImage>>();
  private helper: Promise<StoredImage> | undefined;

  constructor(plans: readonly WorkloadPlan[], contextOf: (node: string) => WorkloadImageContext) {
    this.plans = plans;
    this.contextOf = contextOf;
  }

  image({ kind, node }: WorkloadPlan): Promise<StoredImage> {
    const image = this.made.get(kind) ?? definitionOf(kind).image(this.contextOf(node));
    this.made.set(kind, image);
    return image;
  }

  /** What makes and removes the folders of volumes. */
  volumeHelper(): Promise<StoredImage> {
    const [node = ""] = this.plans.filter((plan) => needVolumes([plan])).map((plan) => plan.node);
    this.helper ??= this.contextOf(node).ownImage("volume-helper");
    return this.helper;
  }

  /** Those that a node's runtime has to hold. */
  of(node: string): Promise<StoredImage[]> {
    const own = this.plans.filter((plan) => plan.node === node);
    const helper = needVolumes(own) ? [this.volumeHelper()] : [];
    return Promise.all([...own.map((plan) => this.image(plan)), ...helper]);
  }

  /** Starts on all of them; a failure shows where one is waited for. */
  begin(): void {
    for (const plan of this.plans) this.image(plan).catch(() => undefined);
    if (needVolumes(this.plans)) this.volumeHelper().catch(() => undefined);
  }
}

/** Adds the tasks that bring the workloads up, each as soon as its node can hold it; the last is `workload KIND`. */
export function planWorkloads(
  graph: TaskGraph,
  plans: readonly WorkloadPlan[],
  {
    rigFolder,
    kubeconfigPath,
    images,
  }: { rigFolder: string; kubeconfigPath: string; images: WorkloadImages },
): void {
  if (plans.length === 0) return;
  graph.add("workloads namespace", [stage.apiReady], () =>
    ensureNamespace(loadKubeconfig(kubeconfigPath).makeApiClient(CoreV1Api), WORKLOADS_NAMESPACE),
  );
  for (const plan of plans) {
    const { kind, node } = plan;
    const needs = ["workloads namespace", stage.ownImages(node)];
    graph.add(`workload ${kind} applied`, needs, async () => {
      const { reference: image } = await images.image(plan);
      const definition = definitionOf(kind);
      const secrets = await ensureSecrets(rigFolder, kind, definition.secrets ?? []);
      const api = new ApiRequests(loadKubeconfig(kubeconfigPath), API_LIMIT_MS);
      await applyAll(api, workloadNeeds(definition, secrets));
      await applyAll(api, workloadObjects(definition, { image, node }));
    });
    graph.add(`workload ${kind}`, [`workload ${kind} applied`, stage.nodesReady], () =>
      new Workload(kind, loadKubeconfig(kubeconfigPath)).untilReady(),
    );
  }
}
