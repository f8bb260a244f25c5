import type { Topology } from "../config/model.ts";
import { loadClasses } from "../config/load.ts";
import { EdgeproofError, messageOf, rigError } from "../errors.ts";
import { cacheFolder } from "../toolchain/cache-folder.ts";
import { loadCatalog } from "../toolchain/catalog.ts";
import { moduleFiles } from "../toolchain/module-files.ts";
import type { OnProgress } from "../toolchain/progress.ts";
import { startClusterRig } from "./cluster/start-cluster-rig.ts";
import { makesMachines, planBringUp } from "./bring-up.ts";
import { openGround } from "./driver/drivers.ts";
import type { Ground } from "./driver/ground.ts";
import { API_PORT, podCidr } from "./addresses.ts";
import { KNATIVE_TOOLS, planKnative, QUEUE_TOOL } from "./functions/knative/install-knative.ts";
import { planOpenFaas } from "./functions/openfaas/install-openfaas.ts";
import { LOCAL_PATH, planLocalPath } from "./local-path.ts";
import { imageFolder } from "./images/image-store.ts";
import { asEmulated, emulatedHere } from "./emulated-classes.ts";
import { LostNodes } from "./lost-nodes.ts";
import { METRICS_SERVER, planMetricsServer } from "./metrics-server.ts";
import { oversubscription, oversubscriptionText } from "./oversubscription.ts";
import { kubeconfigPath } from "./kubeconfig-path.ts";
import { Rig } from "./rig.ts";
import { planMachines, topologyOf } from "./rig-plan.ts";
import {
  type RigState,
  createRigFolder,
  readRigState,
  removeRigFolder,
  rigMaker,
  writeRigState,
} from "./rig-state.ts";
import { startSupplies } from "./supplies.ts";
import { selectEngine } from "./select-engine.ts";
import { TaskGraph, type TaskTiming } from "./task-graph.ts";
import { onAbort } from "./until-aborted.ts";
import { isAlive } from "../toolchain/process-lock.ts";
import { storageImage } from "./workloads/own-programs.ts";
import { needVolumes, planWorkloads, WorkloadImages } from "./workloads/plan-workloads.ts";

export interface StartRigOptions {
  /** @default the topology's name */
  name?: string;
  seed: number;
  /** Leave the rig without an owner, for later commands (`edgeproof up`). */
  detached?: boolean;
  /** 1 for the serial order that the benchmark compares with. */
  concurrency?: number;
  signal?: AbortSignal | undefined;
  onStage?: (message: string) => void;
  onTask?: (timing: TaskTiming) => void;
  onToolchain?: OnProgress;
}

/** A rig of this name that somebody still uses is refused; what a killed run left is removed first. */
async function clearTheWay(name: string, ground: Ground): Promise<void> {
  const state = await readRigState(name);
  if (state && (state.owner === undefined || (state.owner !== process.pid && isAlive(state.owner))))
    throw rigError("RIG_EXISTS", `the rig ${name} is up`, {
      where: state.owner === undefined ? "left up by `edgeproof up`" : `process ${state.owner}`,
      fix: `use it with \`edgeproof run --rig ${name}\`, remove it with \`edgeproof down ${name}\`, or pass --name`,
    });
  const maker = await rigMaker(name);
  if (maker !== undefined && maker !== process.pid)
    throw rigError("RIG_EXISTS", `the rig ${name} is being brought up`, {
      where: `process ${maker}`,
      fix: "wait for it, or pass --name",
    });
  await ground.clear(name);
  await removeRigFolder(name);
}

/** Machines that cannot be cleaned now stay known, so that `down` can be tried again; the first error is what is told. */
async function rollBack(name: string, remove: () => Promise<void>, first: unknown): Promise<void> {
  try {
    await remove();
  } catch (left) {
    const { where } = left as { where?: string };
    throw rigError("ROLLBACK_INCOMPLETE", `${messageOf(first)}; and not all could be put back`, {
      where: [first instanceof EdgeproofError ? first.where : undefined, where ?? messageOf(left)]
        .filter(Boolean)
        .join("; then "),
      fix: `when the machines answer, run \`edgeproof down ${name} --confirm ${name}\``,
      cause: first,
    });
  }
  await removeRigFolder(name);
}

/** Brings a rig up from nothing. If anything fails, what was made is removed before the error is thrown. */
export async function startRig(topology: Topology, options: StartRigOptions): Promise<Rig> {
  if (topology.driver === "cluster") return startClusterRig(topology, options);
  const name = options.name ?? topology.name;
  const say = options.onStage ?? (() => undefined);
  const { signal } = options;
  const ground = await openGround(topology, name, signal);
  await clearTheWay(name, ground);

  const catalog = loadCatalog();
  const kubernetes = catalog.programs.get("kubelet")?.lock.version ?? "";
  const engine = await selectEngine(topology, () => ground.hasK3s(), kubernetes);
  const toolOptions = {
    catalog,
    ...(signal ? { signal } : {}),
    ...(options.onToolchain ? { onProgress: options.onToolchain } : {}),
  };
  const knative = topology.functionsLayer === "knative";
  // K3s brings its own.
  const metrics = topology.metricsServer && engine.name !== "k3s";
  const built = knative && topology.knative.release === undefined;
  const { workloads } = topology;
  const volumes = needVolumes(workloads);
  const layerTools = [
    ...(built ? KNATIVE_TOOLS : []),
    ...(metrics ? [METRICS_SERVER] : []),
    ...(volumes ? [LOCAL_PATH] : []),
  ];
  const cores = await ground.sharedCores();
  const classes = loadClasses();
  const emulated = emulatedHere(topology, classes, cores);
  const machines = planMachines(
    topology,
    asEmulated(classes, emulated),
    engine.podNetwork === "overlay-routes",
  );
  const archives = await imageFolder(cacheFolder());
  const supplies = startSupplies({
    ...{ ground, machines, engine, layerTools, workloads, archives, toolchain: toolOptions },
  });
  const workloadImages = new WorkloadImages(workloads, (node) => ({
    ...{ target: ground.target(node), archives, signal, onProgress: say },
    toolImage: (tool) => supplies.imageOn(tool, node),
    ownImage: (program) => storageImage(program, ground.target(node), archives, toolOptions),
  }));
  workloadImages.begin();

  const folder = await createRigFolder(name);
  let remove = (): Promise<void> => ground.clear(name);
  try {
    const { driver, ...prepared } = await ground.prepare({
      ...{ rig: name, k3s: engine.name === "k3s", archives, cache: cacheFolder() },
      ...{ toolchain: toolOptions, say, signal },
    });
    remove = async () => {
      say("taking back what was made so far");
      await driver.remove(say);
      await driver.close();
    };
    say(`${prepared.summary}, engine ${engine.name} ${engine.version}`);
    emulated.forEach(({ text }) => say(text));
    const crowded = oversubscriptionText(oversubscription(machines, cores));
    if (crowded !== "") say(crowded);
    const server = machines.find(({ role }) => role === "server");
    const owner = options.detached ? {} : { owner: process.pid };
    const state = {
      schema: 2 as const,
      rig: name,
      topologyFile: topology.file,
      engine: { name: engine.name, version: engine.version },
      driver: prepared.state,
      privileges: prepared.privileges,
      images: [] as RigState["images"],
      emulated,
    };
    await writeRigState({ ...state, owner: process.pid, machines: [] });

    const tool = async (wanted: string, machine: string): Promise<void> => {
      const { name: program, path } = await supplies.tool(wanted, machine);
      await driver.place(machine, { folder: "bin", name: program, path });
    };
    const lost = new LostNodes(machines, prepared.goOnWithoutAgents, say);
    const graph = new TaskGraph();
    const made = planBringUp(graph, {
      rig: name,
      folder,
      seed: options.seed,
      relay: topology.overlay.relay,
      driver,
      machines,
      nebulaCert: async () => (await supplies.tool("nebula-cert", server?.name ?? "")).path,
      tool,
      say,
      programs: supplies.programs,
      lost: lost.names,
    });
    // What runs on machines ends with their connections, and need not be waited for.
    using _abandon = onAbort(signal, (why) => made.nodes.forEach((node) => node.abandon?.(why)));
    engine.plan(graph, {
      rig: name,
      topology,
      nodes: machines
        .filter(({ role }) => role === "server" || role === "agent")
        .map((machine, index) => ({
          get handle() {
            const found = made.nodes.get(machine.name);
            if (!found) throw new Error(`${machine.name} was used before it was made`);
            return found;
          },
          platform: driver.platform(machine.name),
          name: machine.name,
          overlay: machine.overlay,
          role: machine.role as "server" | "agent",
          podCidr: podCidr(index + 1),
          labels: machine.labels,
        })),
      lost: lost.names,
      images: supplies.images,
      dnsImage: () => supplies.toolImage("coredns"),
      serverImages: supplies.serverImages,
      imagesOf: (node) => workloadImages.of(node),
      apiPort: () => driver.publishedPort(server?.name ?? "", API_PORT),
      publishedFrom: () => driver.publishedFrom(server?.name ?? ""),
      kubeconfigPath: kubeconfigPath(name),
      tool,
      k3s: async (machine) => {
        const path = await ground.k3sFile(machine);
        if (path !== undefined) await driver.place(machine, { folder: "k3s", name: "k3s", path });
      },
      placeImage: (machine, { file }) =>
        driver.place(machine, { folder: "images", name: file, path: `${archives}/${file}` }),
    });
    const lock = catalog.programs.get(QUEUE_TOOL)?.lock;
    if (knative && lock)
      planKnative(graph, {
        topology,
        kubeconfigPath: kubeconfigPath(name),
        manifests: () => moduleFiles(lock, toolOptions),
        image: supplies.toolImage,
      });
    if (topology.functionsLayer === "openfaas")
      planOpenFaas(graph, { topology, kubeconfigPath: kubeconfigPath(name), rigFolder: folder });
    if (metrics)
      planMetricsServer(graph, { kubeconfigPath: kubeconfigPath(name), image: supplies.toolImage });
    if (volumes)
      planLocalPath(graph, {
        kubeconfigPath: kubeconfigPath(name),
        image: () => supplies.toolImage(LOCAL_PATH),
        helper: () => workloadImages.volumeHelper(),
      });
    planWorkloads(graph, workloads, {
      rigFolder: folder,
      kubeconfigPath: kubeconfigPath(name),
      images: workloadImages,
    });
    const timings = await graph.run({
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.onTask ? { onDone: options.onTask } : {}),
      signal,
      mustEnd: makesMachines,
      skip: lost.skip,
      // One that was let go of is not lost.
      forgive: (task, error) => !signal?.aborted && lost.forgive(task, error),
    });
    await supplies.all();
    for (const gone of lost.names) made.nodes.delete(gone);
    const identities = [...made.nodes.values()].map((node) => ({
      name: node.name,
      role: node.role,
      site: node.site,
      deviceClass: node.deviceClass,
      underlay: node.underlay,
      ...(node.overlay === undefined ? {} : { overlay: node.overlay }),
    }));
    const references = (await supplies.images(server?.name ?? "")).map(({ name: image, reference }) => ({
      name: image,
      reference,
    }));
    const { egress } = made;
    signal?.throwIfAborted();
    await writeRigState({ ...state, ...owner, images: references, egress, machines: identities });
    return new Rig({
      name,
      topology: topologyOf(topology, made.nodes.keys()),
      driver,
      nodes: made.nodes,
      engine,
      privileges: prepared.privileges,
      images: references,
      overlay: made.overlay,
      egress,
      timings,
    });
  } catch (error) {
    await rollBack(name, remove, error);
    throw error;
  }
}
