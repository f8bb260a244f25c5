import type { WorkloadPlan } from "../config/model.ts";
import { type Target, targetName } from "../toolchain/node-target.ts";
import type { ResolvedTool } from "../toolchain/locate.ts";
import { startToolchain } from "../toolchain/resolve.ts";
import type { ToolchainOptions } from "../toolchain/toolchain.ts";
import type { Ground } from "./driver/ground.ts";
import type { Engine } from "./engine/engine.ts";
import { buildFunctionImages, packProgram } from "./functions/function-images.ts";
import { QUEUE_TOOL } from "./functions/knative/install-knative.ts";
import type { StoredImage } from "./images/image-store.ts";
import type { PlannedMachine } from "./rig-plan.ts";
import { workloadTools } from "./workloads/plan-workloads.ts";

/** Beside the engine's own. Stream faults start toxiproxy on any machine; load comes from the tester. */
const FIRST = ["nebula"];
const ON_TESTER = ["k6"];
const LAST = ["toxiproxy-server"];
/** For this machine, and what becomes an image of the server's. */
const ONCE = ["nebula-cert", "coredns"];

interface SuppliesInput {
  ground: Ground;
  machines: readonly PlannedMachine[];
  engine: Engine;
  /** Tools of the functions layer and of metrics. */
  layerTools: readonly string[];
  workloads: readonly WorkloadPlan[];
  archives: string;
  toolchain: ToolchainOptions;
}

/** Programs and images of one rig, for each architecture that its machines have. */
export interface Supplies {
  /** @throws Error where nothing of the machine's role calls for the tool. */
  tool: (name: string, machine: string) => Promise<ResolvedTool>;
  /** What the engine, runs and faults call on the machine, in that order. */
  programs: (machine: PlannedMachine) => readonly string[];
  /** Images of functions for one node; pods ask for those of another architecture than the server's by `alias`. */
  images: (machine: string) => Promise<readonly StoredImage[]>;
  /** Image of a program of a workload on its machine. */
  imageOn: (tool: string, machine: string) => Promise<StoredImage>;
  /** Image of a program that runs on the server. */
  toolImage: (tool: string) => Promise<StoredImage>;
  serverImages: () => Promise<readonly StoredImage[]>;
  /** Resolves when all of it is there. */
  all: () => Promise<void>;
}

/** Starts to get all that a rig needs, and returns at once. */
export function startSupplies(input: SuppliesInput): Supplies {
  const { ground, machines, engine, layerTools, workloads, archives, toolchain } = input;
  const server = machines.find(({ role }) => role === "server")?.name ?? "";
  const queue = layerTools.includes(QUEUE_TOOL);
  const engineTools = ({ role }: PlannedMachine): readonly string[] =>
    role === "server" ? engine.tools : role === "agent" ? engine.agentTools : [];
  // In the order in which they are called for: a slow link carries one after the other.
  const programs = (machine: PlannedMachine): readonly string[] => [
    ...FIRST,
    ...engineTools(machine),
    ...(machine.role === "tester" ? ON_TESTER : []),
    ...LAST,
  ];
  const needed = (machine: PlannedMachine): readonly string[] => [
    ...programs(machine),
    ...(machine.role === "server" ? [...ONCE, ...layerTools] : []),
    ...(machine.role === "agent" && queue ? [QUEUE_TOOL] : []),
    ...workloadTools(workloads.filter(({ node }) => node === machine.name)),
  ];
  const targets = new Map<string, { target: Target; tools: Set<string> }>();
  // The server's first: what all need is the same in the same order as ever.
  for (const machine of machines.toSorted((a, b) => Number(b.name === server) - Number(a.name === server))) {
    const target = ground.target(machine.name);
    const known = targets.get(targetName(target)) ?? { target, tools: new Set<string>() };
    for (const tool of needed(machine)) known.tools.add(tool);
    targets.set(targetName(target), known);
  }
  const started = new Map(
    [...targets].map(([name, { target, tools }]) => [name, startToolchain([...tools], target, toolchain)]),
  );
  const toolOn = (name: string, machine: string): Promise<ResolvedTool> => {
    const found = started.get(targetName(ground.target(machine)))?.get(name);
    if (!found) throw new Error(`${name} was not built for ${machine}`);
    return found;
  };

  const packed = new Map<string, Promise<StoredImage>>();
  const imageOn = (tool: string, machine: string): Promise<StoredImage> => {
    const target = ground.target(machine);
    const key = `${tool} ${targetName(target)}`;
    const image =
      packed.get(key) ?? toolOn(tool, machine).then(({ path }) => packProgram(tool, target, path, archives));
    packed.set(key, image);
    return image;
  };
  const toolImage = (tool: string): Promise<StoredImage> => imageOn(tool, server);
  const functions = new Map<string, Promise<StoredImage[]>>();
  const functionsFor = (target: Target): Promise<StoredImage[]> => {
    const known =
      functions.get(targetName(target)) ??
      buildFunctionImages(target, archives, toolchain, workloads.length > 0);
    functions.set(targetName(target), known);
    return known;
  };
  const images = async (machine: string): Promise<readonly StoredImage[]> => {
    const allOn = async (of: string): Promise<StoredImage[]> =>
      (
        await Promise.all([
          functionsFor(ground.target(of)),
          ...(queue ? [imageOn(QUEUE_TOOL, of).then((image) => [image])] : []),
        ])
      ).flat();
    const [own, onServer] = await Promise.all([allOn(machine), allOn(server)]);
    return own.map((image): StoredImage => {
      const asked = onServer.find(({ name }) => name === image.name)?.reference;
      return asked === undefined || asked === image.reference ? image : { ...image, alias: asked };
    });
  };
  for (const { name, role } of machines)
    if (role === "server" || role === "agent") images(name).catch(() => undefined);
  const serverTools = layerTools.filter((tool) => tool !== QUEUE_TOOL);
  return {
    tool: toolOn,
    programs,
    images,
    imageOn,
    toolImage,
    serverImages: () => Promise.all(serverTools.map(toolImage)),
    async all() {
      await Promise.all([...started.values()].flatMap((tools) => [...tools.values()]));
    },
  };
}
