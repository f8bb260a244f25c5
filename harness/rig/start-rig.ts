import type { Topology } from "../config/model.ts";
import { loadClasses } from "../config/load.ts";
import { rigError } from "../errors.ts";
import { cacheFolder } from "../toolchain/cache-folder.ts";
import { loadCatalog } from "../toolchain/catalog.ts";
import { moduleFiles } from "../toolchain/module-files.ts";
import { nodeToolFolder } from "../toolchain/node-folder.ts";
import { nodeTarget } from "../toolchain/node-target.ts";
import type { OnProgress } from "../toolchain/progress.ts";
import { startToolchain } from "../toolchain/resolve.ts";
import { planBringUp } from "./bring-up.ts";
import { ContainerDriver, findLeftovers, removeLeftovers } from "./driver/container/container-driver.ts";
import { API_PORT, podCidr } from "./addresses.ts";
import { connectDocker, engineArchitecture, engineCores } from "./driver/container/engine-client.ts";
import { ensureNodeImage } from "./driver/container/node-image.ts";
import { detectPrivileges, detectRealtime } from "./driver/container/privileges.ts";
import { ensureRuntimeFolder } from "./driver/runtime-folder.ts";
import { ensureK3sFolder } from "./engine/k3s/k3s-binary.ts";
import { K3S_PATH } from "./engine/k3s/k3s-engine.ts";
import { buildFunctionImages, packProgram } from "./functions/function-images.ts";
import { KNATIVE_TOOLS, planKnative, QUEUE_TOOL } from "./functions/knative/install-knative.ts";
import { planOpenFaas } from "./functions/openfaas/install-openfaas.ts";
import { IMAGES_PATH, type StoredImage, imageFolder } from "./images/image-store.ts";
import { METRICS_SERVER, planMetricsServer } from "./metrics-server.ts";
import { oversubscription, oversubscriptionText } from "./oversubscription.ts";
import { Rig, kubeconfigPath } from "./rig.ts";
import { planMachines } from "./rig-plan.ts";
import { type RigState, createRigFolder, readRigState, removeRigFolder, writeRigState } from "./rig-state.ts";
import { selectEngine } from "./select-engine.ts";
import { TaskGraph, type TaskTiming } from "./task-graph.ts";
import { isAlive } from "../toolchain/process-lock.ts";

/** Tools beside the engine's own that every rig runs. */
const RIG_TOOLS = ["nebula", "nebula-cert", "toxiproxy-server", "k6", "coredns"];

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
async function clearTheWay(name: string, docker: Awaited<ReturnType<typeof connectDocker>>): Promise<void> {
  const state = await readRigState(name);
  if (state && (state.owner === undefined || (state.owner !== process.pid && isAlive(state.owner))))
    throw rigError("RIG_EXISTS", `the rig ${name} is up`, {
      where: state.owner === undefined ? "left up by `edgeproof up`" : `process ${state.owner}`,
      fix: `use it with \`edgeproof run --rig ${name}\`, remove it with \`edgeproof down ${name}\`, or pass --name`,
    });
  await removeLeftovers(docker, await findLeftovers(docker, name));
  await removeRigFolder(name);
}

/** Brings a rig up from nothing. If anything fails, what was made is removed before the error is thrown. */
export async function startRig(topology: Topology, options: StartRigOptions): Promise<Rig> {
  const name = options.name ?? topology.name;
  const say = options.onStage ?? (() => undefined);
  const { signal } = options;
  const docker = await connectDocker();
  await clearTheWay(name, docker);

  const architecture = await engineArchitecture(docker);
  const target = nodeTarget(architecture);
  const catalog = loadCatalog();
  const engine = await selectEngine(topology, docker, catalog.programs.get("kubelet")?.lock.version ?? "");
  const toolOptions = {
    catalog,
    ...(signal ? { signal } : {}),
    ...(options.onToolchain ? { onProgress: options.onToolchain } : {}),
  };
  const knative = topology.functionsLayer === "knative";
  // K3s brings its own.
  const metrics = topology.metricsServer && engine.name !== "k3s";
  const built = knative && topology.knative.release === undefined;
  const layerTools = [...(built ? KNATIVE_TOOLS : []), ...(metrics ? [METRICS_SERVER] : [])];
  const tools = startToolchain([...RIG_TOOLS, ...engine.tools, ...layerTools], target, toolOptions);
  const archives = await imageFolder(cacheFolder());
  let images: Promise<StoredImage[]> | undefined;
  const packed = new Map<string, Promise<StoredImage>>();
  /** Image of a program of the toolchain. */
  const toolImage = (tool: string): Promise<StoredImage> => {
    const image =
      packed.get(tool) ?? tools.get(tool)!.then(({ path }) => packProgram(tool, target, path, archives));
    packed.set(tool, image);
    return image;
  };
  const builtImages = (): Promise<StoredImage[]> =>
    (images ??= Promise.all([
      buildFunctionImages(target, archives, toolOptions),
      ...(built ? [toolImage(QUEUE_TOOL)] : []),
    ]).then((all) => all.flat()));
  builtImages().catch(() => undefined);
  const serverTools = layerTools.filter((tool) => tool !== QUEUE_TOOL);

  const folder = await createRigFolder(name);
  try {
    const [image, runtimeFolder, binFolder] = await Promise.all([
      ensureNodeImage(docker, { given: process.env.EDGEPROOF_NODE_IMAGE, onProgress: say, signal }),
      ensureRuntimeFolder(cacheFolder(), architecture),
      nodeToolFolder(target, toolOptions),
    ]);
    const [privileges, realtime] = await Promise.all([
      detectPrivileges(docker, image.reference, name),
      detectRealtime(docker, image.reference, name),
    ]);
    say(
      `image ${image.reference} (${image.source}), ${privileges.kind}, engine ${engine.name} ${engine.version}`,
    );
    const driver = new ContainerDriver(docker, {
      rig: name,
      image: image.reference,
      privileges,
      realtime,
      runtimeFolder,
      binFolder,
      mounts: {
        [archives]: IMAGES_PATH,
        ...(engine.name === "k3s"
          ? { [await ensureK3sFolder(cacheFolder(), process.env.EDGEPROOF_K3S, docker, say)]: K3S_PATH }
          : {}),
      },
    });
    const machines = planMachines(topology, loadClasses(), engine.podNetwork === "overlay-routes");
    const crowded = oversubscriptionText(oversubscription(machines, await engineCores(docker)));
    if (crowded !== "") say(crowded);
    const server = machines.find(({ role }) => role === "server");
    const owner = options.detached ? {} : { owner: process.pid };
    const state = {
      schema: 1 as const,
      rig: name,
      topologyFile: topology.file,
      engine: { name: engine.name, version: engine.version },
      privileges,
      images: [] as RigState["images"],
      image: image.reference,
      runtimeFolder,
      binFolder,
    };
    await writeRigState({ ...state, owner: process.pid, machines: [] });

    const tool = async (wanted: string): Promise<void> => {
      await tools.get(wanted);
    };
    const graph = new TaskGraph();
    const nebulaCert = async (): Promise<string> => (await tools.get("nebula-cert"))?.path ?? "";
    const made = planBringUp(graph, {
      rig: name,
      folder,
      seed: options.seed,
      relay: topology.overlay.relay,
      driver,
      machines,
      nebulaCert,
      tool,
      say,
    });
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
          name: machine.name,
          overlay: machine.overlay,
          role: machine.role as "server" | "agent",
          podCidr: podCidr(index + 1),
          labels: machine.labels,
        })),
      images: builtImages,
      dnsImage: () => toolImage("coredns"),
      serverImages: () => Promise.all(serverTools.map(toolImage)),
      apiPort: () => driver.publishedPort(server?.name ?? "", API_PORT),
      kubeconfigPath: kubeconfigPath(name),
      tool,
    });
    const lock = catalog.programs.get(QUEUE_TOOL)?.lock;
    if (knative && lock)
      planKnative(graph, {
        topology,
        kubeconfigPath: kubeconfigPath(name),
        manifests: () => moduleFiles(lock, toolOptions),
        image: toolImage,
      });
    if (topology.functionsLayer === "openfaas")
      planOpenFaas(graph, { topology, kubeconfigPath: kubeconfigPath(name), rigFolder: folder });
    if (metrics) planMetricsServer(graph, { kubeconfigPath: kubeconfigPath(name), image: toolImage });
    const timings = await graph.run({
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.onTask ? { onDone: options.onTask } : {}),
      signal,
    });
    await Promise.all(tools.values());
    const identities = [...made.nodes.values()].map((node) => ({
      name: node.name,
      role: node.role,
      site: node.site,
      deviceClass: node.deviceClass,
      underlay: node.underlay,
      ...(node.overlay === undefined ? {} : { overlay: node.overlay }),
    }));
    const references = (await builtImages()).map(({ name: image, reference }) => ({
      name: image,
      reference,
    }));
    await writeRigState({ ...state, ...owner, images: references, machines: identities });
    return new Rig({
      name,
      topology,
      docker,
      driver,
      nodes: made.nodes,
      engine,
      privileges: privileges.kind,
      images: references,
      overlay: made.overlay,
      timings,
    });
  } catch (error) {
    await removeLeftovers(docker, await findLeftovers(docker, name));
    await removeRigFolder(name);
    throw error;
  }
}
