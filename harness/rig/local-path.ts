import { readFile } from "node:fs/promises";

import type { KubernetesObject } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";

import { projectFile } from "../project.ts";
import { stage } from "./engine/engine.ts";
import type { StoredImage } from "./images/image-store.ts";
import { applyAll } from "./kube/apply.ts";
import { ApiRequests } from "./kube/api-request.ts";
import { loadKubeconfig } from "./kube/kube-client.ts";
import type { TaskGraph } from "./task-graph.ts";

/** Program of the toolchain. */
export const LOCAL_PATH = "local-path-provisioner";
/** Where volumes of the class `local-path` lie on a node, a folder each; K3s's own place. */
export const VOLUMES_FOLDER = "/var/lib/rancher/k3s/storage";
export const STORAGE_CLASS = "local-path";
const API_LIMIT_MS = 15_000;

/** Its objects, with the images filled in. */
export async function localPathObjects(image: string, helper: string): Promise<KubernetesObject[]> {
  const text = await readFile(projectFile("fixtures/manifests/local-path.yaml"), "utf8");
  const filled = text.replaceAll("$IMAGE", image).replaceAll("$HELPER", helper);
  return parseAllDocuments(filled).map((document) => document.toJS() as KubernetesObject);
}

/** Adds the task that installs the provisioner, `local-path`; claims wait by themselves until it runs. */
export function planLocalPath(
  graph: TaskGraph,
  {
    kubeconfigPath,
    image,
    helper,
  }: { kubeconfigPath: string; image: () => Promise<StoredImage>; helper: () => Promise<StoredImage> },
): void {
  graph.add("local-path", [stage.apiReady, stage.serverImages], async () => {
    const objects = await localPathObjects((await image()).reference, (await helper()).reference);
    const api = new ApiRequests(loadKubeconfig(kubeconfigPath), API_LIMIT_MS);
    const namespaces = objects.filter(({ kind }) => kind === "Namespace");
    await applyAll(api, namespaces);
    await applyAll(
      api,
      objects.filter((object) => !namespaces.includes(object)),
    );
  });
}
