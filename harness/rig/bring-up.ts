import type { EngineContext } from "./engine/engine.ts";
import { stage } from "./engine/engine.ts";
import type { RigNode } from "./driver/rig-node.ts";
import type { Driver } from "./driver/driver.ts";
import { API_PORT } from "./addresses.ts";
import { type NebulaFiles, createNebulaPki } from "./overlay/nebula-pki.ts";
import { startNebula } from "./overlay/nebula.ts";
import { type OverlayPair, proveOverlay } from "./overlay/overlay-proof.ts";
import type { PlannedMachine } from "./rig-plan.ts";
import { WAN } from "./rig-plan.ts";
import { TaskGraph } from "./task-graph.ts";
import { startEgressServices, startWanService } from "./wan-service.ts";

export interface BringUpInput {
  rig: string;
  folder: string;
  seed: number;
  /** The lighthouse relays tunnels. */
  relay: boolean;
  driver: Driver;
  machines: readonly PlannedMachine[];
  nebulaCert: () => Promise<string>;
  tool: EngineContext["tool"];
  say: (message: string) => void;
  /** Machines that are gone on without; filled while the tasks run. */
  lost: ReadonlySet<string>;
  /** Programs of the toolchain that runs on this rig call on the machine, beside the engine's. */
  programs(machine: PlannedMachine): readonly string[];
}

/** What the tasks make, filled in as they run. */
export interface BringUpResult {
  /** Addresses on the underlay. */
  underlay: ReadonlyMap<string, string>;
  nodes: Map<string, RigNode>;
  overlay: OverlayPair[];
  /** Whether each machine impairs what it sends itself. */
  egress: boolean;
}

const taken = <T>(from: ReadonlyMap<string, T>, name: string): T => {
  const found = from.get(name);
  if (found === undefined) throw new Error(`${name} was used before it was made`);
  return found;
};

const WAN_LINKS = "wan links";
const NETWORKS = "networks";

/** Tasks that make what is not on a machine: cut off in the middle, they would leave something after all was removed. */
export const makesMachines = (task: string): boolean =>
  task === NETWORKS || task.startsWith(stage.machine(""));

/** A dedicated one where there is one, else the server. */
const lighthouseOf = (machines: readonly PlannedMachine[]): PlannedMachine => {
  const found =
    machines.find(({ role }) => role === "lighthouse") ?? machines.find(({ role }) => role === "server");
  if (found === undefined) throw new Error("no machine can be the lighthouse");
  return found;
};

/**
 * Adds the tasks for machines, WAN and overlay. The engine's tasks hang on `stage.machine` and `stage.overlay`, so the
 * cluster starts on a node while others still boot.
 */
export function planBringUp(graph: TaskGraph, input: BringUpInput): BringUpResult {
  const { rig, driver, machines } = input;
  const result: BringUpResult = { underlay: new Map(), nodes: new Map(), overlay: [], egress: false };
  let pki = new Map<string, NebulaFiles>();

  graph.add(NETWORKS, [], async () => {
    result.underlay = await driver.layNetwork(machines.map(({ name }) => name));
  });
  graph.add("nebula pki", [], async () => {
    pki = await createNebulaPki(await input.nebulaCert(), `${input.folder}/nebula`, rig, machines);
  });
  const { startRouter } = driver;
  const there = (): PlannedMachine[] => machines.filter(({ name }) => !input.lost.has(name));
  const members = (): { name: string; address: string }[] =>
    there().map(({ name }) => ({ name, address: taken(result.underlay, name) }));
  if (startRouter) {
    graph.add(stage.machine(WAN), [NETWORKS], async () => {
      result.nodes.set(WAN, await startRouter(WAN));
    });
    graph.add(WAN_LINKS, [stage.machine(WAN)], async () => {
      await startWanService(taken(result.nodes, WAN), members(), input.seed);
    });
  } else
    graph.add(
      WAN_LINKS,
      machines.map(({ name }) => stage.machine(name)),
      async () => {
        const nodes = there().map(({ name }) => taken(result.nodes, name));
        const options = { members: members(), seed: input.seed, controlPorts: driver.controlPorts };
        const unable = await startEgressServices(nodes, options);
        result.egress = unable.length === 0;
        if (!result.egress)
          input.say(`no WAN profile and no link fault on this rig: no netem on ${unable.join(", ")}`);
      },
    );
  for (const machine of machines) {
    graph.add(stage.machine(machine.name), [NETWORKS], async () => {
      const plan = { ...machine, publish: machine.role === "server" ? [API_PORT] : [] };
      result.nodes.set(machine.name, await driver.startMachine(plan));
    });
    graph.add(stage.overlay(machine.name), [stage.machine(machine.name), "nebula pki"], async () => {
      await input.tool("nebula", machine.name);
      const lighthouse = lighthouseOf(machines);
      await startNebula(taken(result.nodes, machine.name), taken(pki, machine.name), {
        self: machine.name,
        lighthouse: {
          overlay: lighthouse.overlay,
          underlay: taken(result.underlay, lighthouse.name),
        },
        machines,
        relay: input.relay,
      });
    });
    graph.add(`programs ${machine.name}`, [stage.machine(machine.name)], async () => {
      for (const program of input.programs(machine)) await input.tool(program, machine.name);
    });
  }
  graph.add("overlay proof", [...machines.map(({ name }) => stage.overlay(name)), WAN_LINKS], async () => {
    result.overlay = await proveOverlay(
      there().map(({ name }) => taken(result.nodes, name)),
      input.say,
    );
  });
  return result;
}
