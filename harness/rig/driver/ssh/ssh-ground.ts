import { loadInventory, type Inventory } from "../../../config/inventory.ts";
import type { Topology } from "../../../config/model.ts";
import { EdgeproofError, messageOf, rigError } from "../../../errors.ts";
import { nodeTarget, type Target } from "../../../toolchain/node-target.ts";
import { API_PORT } from "../../addresses.ts";
import { readRigState } from "../../rig-state.ts";
import { freeHostPort } from "../container/host-port.ts";
import { k3sBinary } from "../../engine/k3s/k3s-binary.ts";
import type { Ground, GroundOptions, PreparedDriver } from "../ground.ts";
import { ensureRuntimeFolder } from "../runtime-folder.ts";
import { SshConnections } from "./connections.ts";
import { matchInventory, type MatchedNode } from "./match-inventory.ts";
import { ensureUsable, parseFacts, platformOf, type NodeFacts } from "./node-facts.ts";
import { remoteScript } from "./remote-scripts.ts";
import { SshDriver } from "./ssh-driver.ts";
import type { SshHost, SshState } from "./ssh-state.ts";

interface FoundNode extends MatchedNode {
  facts: NodeFacts;
}

const isCluster = ({ node }: MatchedNode): boolean => node.role === "server" || node.role === "agent";

/** Real machines that there are: all were asked what they are, and nothing was put on any. */
export class SshGround implements Ground {
  private readonly inventory: Inventory;
  private readonly found: readonly FoundNode[];
  private readonly connections: SshConnections;

  /** Asks all machines at once. @throws EdgeproofError that names every one that does not answer or cannot be used */
  static async open(topology: Topology, rig: string, signal?: AbortSignal): Promise<SshGround> {
    const inventory = loadInventory(topology.inventory ?? "");
    const matched = matchInventory(topology, inventory);
    const hosts = matched.map(({ machine, node }) => ({ ...node, machine }));
    const connections = new SshConnections(hosts, inventory.knownHosts);
    try {
      const k3s =
        topology.engine === "k3s" || Boolean(topology.engine === "auto" && process.env.EDGEPROOF_K3S);
      const asked = await Promise.allSettled(
        matched.map(async (each): Promise<FoundNode> => {
          const { stdout } = await connections.to(each.machine).run(remoteScript.facts(), [], { signal });
          const facts = parseFacts(stdout);
          nodeTarget(facts.architecture);
          ensureUsable(`node ${each.machine}`, rig, facts, isCluster(each), k3s);
          return { ...each, facts };
        }),
      );
      const troubles = asked.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
      if (troubles.length > 0) throw nodesTrouble(troubles, asked.length);
      const found = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      return new SshGround(inventory, found, connections);
    } catch (error) {
      await connections.close();
      throw error;
    }
  }

  private constructor(inventory: Inventory, found: readonly FoundNode[], connections: SshConnections) {
    this.inventory = inventory;
    this.found = found;
    this.connections = connections;
  }

  target(machine: string): Target {
    return nodeTarget(this.found.find((one) => one.machine === machine)?.facts.architecture ?? "");
  }

  sharedCores(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** K3s's release binary is given, or there is none. */
  hasK3s(): Promise<boolean> {
    return Promise.resolve(false);
  }

  k3sFile(machine: string): Promise<string> {
    return k3sBinary(process.env.EDGEPROOF_K3S, this.target(machine).goarch);
  }

  /** What a killed run left is what its state says; a claim of the same rig is gone on with. */
  async clear(rig: string): Promise<void> {
    const state = (await readRigState(rig))?.driver;
    if (state?.kind !== "ssh") return;
    const driver = SshDriver.attach(rig, state);
    try {
      await driver.remove();
    } finally {
      await driver.close();
    }
  }

  async prepare({ rig, cache, signal }: GroundOptions): Promise<PreparedDriver> {
    const { inventory } = this;
    const hosts = this.found.map(({ machine, node, facts }): SshHost => ({
      ...{ machine, node: node.name, role: node.role, underlay: node.underlay },
      ...{
        address: node.address,
        user: node.user,
        port: node.port,
        key: node.key,
        proxyJump: node.proxyJump,
      },
      ...{ architecture: facts.architecture, cpus: facts.cpus, systemd: facts.systemd },
      platform: platformOf(facts),
    }));
    const state: SshState = {
      kind: "ssh",
      inventory: inventory.file,
      inventoryName: inventory.name,
      knownHosts: inventory.knownHosts,
      onNodeLost: inventory.onNodeLost,
      hosts,
      ports: { [API_PORT]: await freeHostPort() },
    };
    const runtimes = new Map<string, Promise<string>>();
    const runtimeFolder = (architecture: string): Promise<string> => {
      const { goarch } = nodeTarget(architecture);
      const known = runtimes.get(goarch) ?? ensureRuntimeFolder(cache, goarch as "amd64" | "arm64");
      runtimes.set(goarch, known);
      return known;
    };
    const driver = new SshDriver({ rig, state, connections: this.connections, runtimeFolder, signal });
    const kinds = [...new Set(hosts.map(({ architecture }) => architecture))].join(", ");
    return {
      driver,
      state,
      privileges: "root by ssh",
      goOnWithoutAgents: inventory.onNodeLost === "continue",
      summary: `${hosts.length} real machines (${kinds}) of ${inventory.name}`,
    };
  }
}

/** One error for all machines that are in trouble. */
function nodesTrouble(troubles: readonly unknown[], of: number): EdgeproofError {
  const [first] = troubles;
  if (troubles.length === 1 && first instanceof EdgeproofError) return first;
  const lines = troubles.map((error) =>
    error instanceof EdgeproofError
      ? `${error.where ?? ""}: ${error.message}${error.fix === undefined ? "" : ` (${error.fix})`}`
      : messageOf(error),
  );
  return rigError(
    "NODES_UNUSABLE",
    `${troubles.length} of ${of} machines cannot be used; nothing was put on any`,
    {
      where: lines.join("; "),
      fix: "`edgeproof doctor --inventory FILE` shows all that they need",
    },
  );
}
