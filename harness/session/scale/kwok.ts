import { parseAllDocuments, stringify } from "yaml";

import type { Guard } from "../../../chaos/journal/change.ts";
import { rigError } from "../../errors.ts";
import { API_PORT } from "../../rig/addresses.ts";
import { BIN_PATH } from "../../rig/driver/node-paths.ts";
import { type ApiRequests, succeeded } from "../../rig/kube/api-request.ts";
import { complaint } from "../../rig/kube/apply.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import type { NodeHandle, ServiceSpec } from "../../rig/node-handle.ts";
import type { Rig } from "../../rig/rig.ts";
import { KWOK } from "../../scale/outcome.ts";
import { loadCatalog } from "../../toolchain/catalog.ts";
import { moduleFiles } from "../../toolchain/module-files.ts";
import { nodeTarget } from "../../toolchain/node-target.ts";
import { resolveNodeTools } from "../../toolchain/resolve.ts";
import { programNamed, type ToolchainOptions } from "../../toolchain/toolchain.ts";
import { SCALE_NAMESPACE, SCALE_SELECTOR } from "./scale-objects.ts";

const FOLDER = "/var/lib/edgeproof/scale";
const CONFIG = `${FOLDER}/kwok.yaml`;
const KUBECONFIG = `${FOLDER}/kubeconfig`;
/** For one run; the account goes at its end, and its tokens with it. */
const TOKEN_SECONDS = 4 * 3600;
/**
 * A kubelet whose node does not change tells its status this often (`nodeStatusReportFrequency`,
 * https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/); kwok's own stage says 10 minutes.
 */
const STATUS_MS = 300_000;
/** Spread, or all nodes of a step would tell it at once. */
const STATUS_LATEST_MS = 330_000;

/** Name under which the change is journalled. */
export const SCALE_FAULT = "scale";

interface Stage {
  kind?: string;
  metadata?: { name?: string };
  spec?: { delay?: Record<string, number> };
}

/** kwok's own stages, with the kubelet's pace of telling a node's status. */
export function kwokConfig(stages: string): string {
  const documents = parseAllDocuments(stages).flatMap((document) => {
    const stage = document.toJS() as Stage | null;
    return stage?.kind === "Stage" ? [stage] : [];
  });
  const heartbeat = documents.find(({ metadata }) => metadata?.name === "node-heartbeat-with-lease");
  if (!heartbeat?.spec)
    throw rigError("KWOK_STAGES", "kwok's stages have no heartbeat of nodes", {
      where: "fixtures/toolchain/tools.yaml, locks.kwok.files",
    });
  heartbeat.spec.delay = { durationMilliseconds: STATUS_MS, jitterDurationMilliseconds: STATUS_LATEST_MS };
  return documents.map((document) => stringify(document)).join("---\n");
}

/** A kubeconfig that reaches the API server over the overlay, as kubelets do. */
async function kwokKubeconfig(rig: Rig, api: ApiRequests): Promise<string> {
  const path = `/api/v1/namespaces/${SCALE_NAMESPACE}/serviceaccounts/${SCALE_NAMESPACE}/token`;
  const body = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: TOKEN_SECONDS },
  };
  const answer = await api.send({ method: "POST", path, body });
  if (!succeeded(answer))
    throw rigError("NO_TOKEN", `the API gives kwok no token: ${complaint(answer)}`, { where: path });
  const { status } = JSON.parse(answer.body) as { status: { token: string } };
  const ca = loadKubeconfig(rig.kubeconfig).getCurrentCluster()?.caData;
  const server = `https://${rig.entry.overlay}:${API_PORT}`;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "rig", cluster: { server, "certificate-authority-data": ca } }],
    users: [{ name: KWOK, user: { token: status.token } }],
    contexts: [{ name: "rig", context: { cluster: "rig", user: KWOK } }],
    "current-context": "rig",
  });
}

const service = (leaseSeconds: number): ServiceSpec => ({
  name: KWOK,
  argv: [
    `${BIN_PATH}/kwok`,
    `--kubeconfig=${KUBECONFIG}`,
    `--config=${CONFIG}`,
    `--manage-nodes-with-label-selector=${SCALE_SELECTOR}`,
    `--node-lease-duration-seconds=${leaseSeconds}`,
  ],
  readyPattern: "Watch nodes",
  // One that died has forgotten its nodes: what is measured then is worth nothing.
  restart: false,
});

/** Builds kwok where it has to be; the nodes see it in their folder of programs. */
async function ensureProgram(rig: Rig, node: NodeHandle, options: ToolchainOptions): Promise<string> {
  const { stdout } = await node.exec(["uname", "-m"]);
  const { tools } = await resolveNodeTools([KWOK], nodeTarget(stdout.trim()), options);
  const { exitCode } = await node.exec(["test", "-x", `${BIN_PATH}/${KWOK}`], { allowFailure: true });
  if (exitCode !== 0)
    throw rigError("NO_KWOK", `the rig ${rig.name} was brought up with other programs than these`, {
      where: `${node.name}, ${BIN_PATH}/${KWOK}`,
      fix: `take it down and bring it up again: \`edgeproof down ${rig.name}\``,
    });
  return tools.get(KWOK)?.version ?? "";
}

export interface KwokOptions {
  rig: Rig;
  /** Where it runs: over this machine's link all nodes speak. */
  node: NodeHandle;
  guard: Guard;
  api: ApiRequests;
  /** Seconds that a node's lease lasts, as its kubelets have it. */
  leaseSeconds: number;
  toolchain: ToolchainOptions;
}

/**
 * Starts kwok, which plays the kubelets of all simulated nodes. Reverting `SCALE_FAULT` stops it and removes its files;
 * the node does so itself when the tester is gone. Returns kwok's version.
 */
export async function startKwok({ rig, node, guard, api, ...rest }: KwokOptions): Promise<string> {
  const catalog = loadCatalog();
  const { lock } = programNamed(catalog, KWOK);
  const [version, stages, kubeconfig] = await Promise.all([
    ensureProgram(rig, node, rest.toolchain),
    moduleFiles(lock, rest.toolchain),
    kwokKubeconfig(rig, api),
  ]);
  await guard.apply(SCALE_FAULT, {
    what: `${node.name}: kwok's configuration and token in ${FOLDER}`,
    undo: { kind: "node", node: node.name, undo: { kind: "exec", argv: ["rm", "-rf", FOLDER] } },
    apply: async () => {
      await node.exec(["mkdir", "-p", "-m", "0700", FOLDER]);
      await node.writeFile(CONFIG, kwokConfig(stages));
      await node.writeFile(KUBECONFIG, kubeconfig, 0o600);
    },
  });
  await guard.apply(SCALE_FAULT, {
    what: `${node.name}: service ${KWOK}`,
    undo: {
      kind: "node",
      node: node.name,
      undo: { kind: "service", service: KWOK, action: "stop" },
    },
    apply: () => node.startService(service(rest.leaseSeconds)),
  });
  return version;
}
