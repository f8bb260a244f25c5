import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Topology } from "../../config/model.ts";
import { messageOf, rigError } from "../../errors.ts";
import { cacheFolder } from "../../toolchain/cache-folder.ts";
import { loadCatalog } from "../../toolchain/catalog.ts";
import { nodeTarget } from "../../toolchain/node-target.ts";
import { isAlive } from "../../toolchain/process-lock.ts";
import { resolveHostTool } from "../../toolchain/resolve.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import type { NodeIdentity } from "../driver/identified-node.ts";
import { ensureRuntimeFolder } from "../driver/runtime-folder.ts";
import { buildFunctionImages } from "../functions/function-images.ts";
import { imageFolder } from "../images/image-store.ts";
import { kubeconfigPath } from "../kubeconfig-path.ts";
import { TESTER } from "../rig-plan.ts";
import {
  type RigState,
  createRigFolder,
  readRigState,
  removeRigFolder,
  rigFolder,
  writeRigState,
} from "../rig-state.ts";
import { Rig, type RigParts } from "../rig.ts";
import type { StartRigOptions } from "../start-rig.ts";
import { unlessAborted } from "../until-aborted.ts";
import { ClusterApi } from "./cluster-api.ts";
import { ClusterDriver } from "./cluster-driver.ts";
import type { ClusterState, TesterState } from "./cluster-state.ts";
import { type FoundCluster, discoverCluster, engineNameOf } from "./discover.ts";
import { imageReference } from "./guest-options.ts";
import { createNamespace, ensureFree } from "./own-namespace.ts";
import { ensureRights } from "./rights.ts";
import { chooseWay, ensureForwards } from "./way/choose-way.ts";

/** Deployed on every node before the rig is said to be up, and removed: it shows that images, pods and the way are there. */
const TRIAL = "trial";
const TRIAL_IMAGE = "hello-world";
const TRIAL_GONE_MS = 60_000;
const LONGEST_NAMESPACE = 63;
/** For the many questions about rights. */
const CONNECTIONS = 4;

/** Whether a fault was ever in force: what it changed outside of the namespace is `heal`'s to put back. */
function hasChanges(rig: string): boolean {
  const journal = join(rigFolder(rig), "journal.ndjson");
  return existsSync(journal) && readFileSync(journal, "utf8").includes('"type":"undo"');
}

/** A rig of this name that somebody still uses is refused; what a killed run left is removed first. */
async function clearTheWay(name: string): Promise<void> {
  const state = await readRigState(name);
  if (!state) return removeRigFolder(name);
  const inUse = state.owner === undefined || (state.owner !== process.pid && isAlive(state.owner));
  const { driver } = state;
  if (inUse || driver.kind !== "cluster" || hasChanges(name))
    throw rigError("RIG_EXISTS", inUse ? `the rig ${name} is up` : `a killed run left the rig ${name}`, {
      where: state.owner === undefined ? "left up by `edgeproof up`" : `process ${state.owner}`,
      fix: inUse
        ? `use it with \`edgeproof run --rig ${name}\`, remove it with \`edgeproof down ${name}\`, or choose another name`
        : `run \`edgeproof heal ${name}\` first`,
    });
  await new ClusterDriver(name, driver).remove();
  await removeRigFolder(name);
}

/** Where its pods will be. @throws EdgeproofError where the name would be too long */
function namespaceFor(rig: string, { existing }: Topology): string {
  const namespace = existing?.namespace ?? `edgeproof-${rig}`;
  if (namespace.length <= LONGEST_NAMESPACE) return namespace;
  throw rigError("NAMESPACE_NAME", `\`${namespace}\` is too long for a namespace`, {
    expected: `at most ${LONGEST_NAMESPACE} characters`,
    fix: "give the rig a shorter name, or name one with `--namespace`",
  });
}

/** What runs on this machine; begun early, as it may have to be built. */
async function prepareTester(options: ToolchainOptions): Promise<TesterState> {
  const architecture = nodeTarget(process.arch).goarch as "amd64" | "arm64";
  const [k6, runtime] = await Promise.all([
    resolveHostTool("k6", options),
    ensureRuntimeFolder(cacheFolder(), architecture),
  ]);
  return { k6: k6.path, runtime };
}

/** References of the functions' images as the nodes know them. */
async function prepareImages(
  { nodes, topology }: FoundCluster,
  options: ToolchainOptions,
): Promise<RigParts["images"]> {
  // Pods ask for the images of the first node's architecture; a registry may hold others under the same name.
  const target = nodeTarget(nodes[0]?.architecture ?? "");
  const images = await buildFunctionImages(target, await imageFolder(cacheFolder()), options);
  return images.map(({ name, reference }) => ({
    name,
    reference: imageReference(reference, topology.existing?.images),
  }));
}

const identities = ({ nodes }: FoundCluster): NodeIdentity[] => [
  ...nodes.map(({ name, role, site, deviceClass, addresses }) => ({
    ...{ name, role, site, deviceClass },
    ...{ underlay: addresses.at(-1) ?? "", overlay: addresses.at(-1) },
  })),
  { name: TESTER, role: "tester", site: TESTER, deviceClass: "", underlay: "127.0.0.1", overlay: undefined },
];

/**
 * Makes a namespace on a cluster that exists, and proves by a function on every node that a run can begin. If anything
 * fails, what was made is removed before the error is thrown.
 */
export async function startClusterRig(unread: Topology, options: StartRigOptions): Promise<Rig> {
  const name = options.name ?? unread.name;
  const { signal } = options;
  const say = options.onStage ?? (() => undefined);
  const began = performance.now();
  const namespace = namespaceFor(name, unread);
  const found = await discoverCluster(unread);
  const { api, chosen, topology, nodes, unused, version } = found;
  await clearTheWay(name);
  const own = { namespace, rig: name, claim: randomUUID() };
  await Promise.all([ensureRights(new ClusterApi(chosen, CONNECTIONS), namespace), ensureFree(api, own)]);
  const left = unused.length > 0 ? `, ${unused.length} left out: ${unused.join(", ")}` : "";
  say(`${chosen.server} ${version}: ${nodes.length} nodes${left}`);

  const folder = await createRigFolder(name);
  const engine = { name: engineNameOf(version), version };
  const driverState: ClusterState = {
    ...{ kind: "cluster", kubeconfig: unread.existing?.kubeconfig ?? "", context: chosen.context },
    ...{ server: chosen.server, namespace, claim: own.claim, topology, version, unused },
    architectures: Object.fromEntries(nodes.map((node) => [node.name, node.architecture])),
  };
  const state: RigState = {
    ...{ schema: 2, rig: name, topologyFile: topology.file, owner: process.pid, engine },
    ...{ driver: driverState, privileges: `the rights of ${chosen.context}`, images: [], machines: [] },
  };
  const driver = new ClusterDriver(name, driverState);
  try {
    await writeFile(kubeconfigPath(name), chosen.text, { mode: 0o600 });
    await writeRigState(state);
    const catalog = loadCatalog();
    const tools: ToolchainOptions = {
      catalog,
      ...(signal ? { signal } : {}),
      ...(options.onToolchain ? { onProgress: options.onToolchain } : {}),
    };
    const [tester, images] = await unlessAborted(
      signal,
      Promise.all([prepareTester(tools), prepareImages(found, tools)]),
    );
    driverState.tester = tester;
    state.images = [...images];
    await writeRigState(state);
    await createNamespace(api, own);
    state.machines = identities(found).map(({ overlay, ...machine }) => ({
      ...machine,
      ...(overlay === undefined ? {} : { overlay }),
    }));
    const handles = identities(found).map((identity) => driver.attach(identity));
    const parts: RigParts = {
      ...{ name, topology, driver, engine, privileges: state.privileges, images, overlay: [], egress: false },
      nodes: new Map(handles.map((node) => [node.name, node])),
      timings: [],
    };
    const trial = new Rig(parts).functions;
    const image = images.find((one) => one.name === TRIAL_IMAGE)?.reference ?? "";
    say(`namespace ${namespace}: trying ${image} on every node`);
    const deployed = await unlessAborted(
      signal,
      trial.deploy({ name: TRIAL, image, replicas: nodes.length }),
    );
    driverState.gateway = await unlessAborted(
      signal,
      chooseWay(unread.existing?.gateway ?? "auto", deployed, nodes),
    );
    if (driverState.gateway.kind === "forward" && driver.way)
      await unlessAborted(signal, ensureForwards(driver.way, deployed));
    say(`requests come in by ${driver.way?.described}`);
    await trial.remove(TRIAL);
    await unlessAborted(signal, trial.settle(TRIAL, 0, TRIAL_GONE_MS));
    const { owner, ...rest } = state;
    await writeRigState(options.detached ? rest : { ...rest, ...(owner === undefined ? {} : { owner }) });
    const endedAt = performance.now() - began;
    return new Rig({ ...parts, timings: [{ name: "cluster", startedAt: 0, endedAt }] });
  } catch (error) {
    await rollBack(name, folder, driver, error);
    throw error;
  }
}

/** What cannot be removed now stays known, so that `heal` can try again; the first error is what is told. */
async function rollBack(name: string, folder: string, driver: ClusterDriver, first: unknown): Promise<void> {
  try {
    await driver.close();
    await driver.remove();
  } catch (left) {
    throw rigError("ROLLBACK_INCOMPLETE", `${messageOf(first)}; and not all could be removed`, {
      where: `${folder}: ${messageOf(left)}`,
      fix: `when the API answers, run \`edgeproof down ${name}\``,
      cause: first,
    });
  }
  await removeRigFolder(name);
}
