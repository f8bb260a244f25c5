import { rigError, messageOf } from "../../../errors.ts";
import type { BootConfig } from "../../../agent/boot.ts";
import { SERVICE_CIDR } from "../../addresses.ts";
import type { AgentNode } from "../agent-node.ts";
import type { NodeIdentity } from "../identified-node.ts";
import type { Driver, MachineFacts, MachinePlan, NodeFile } from "../driver.ts";
import type { NodePlatform } from "../node-platform.ts";
import { RUNTIME_PATH } from "../runtime-folder.ts";
import { SshConnections } from "./connections.ts";
import { RealNode } from "./real-node.ts";
import { remoteScript } from "./remote-scripts.ts";
import { SlowSteps } from "./slow-steps.ts";
import { SshPower } from "./ssh-power.ts";
import type { SshHost, SshState } from "./ssh-state.ts";
import type { SshTransport } from "./transport.ts";
import { untilAgentAnswers } from "./until-agent.ts";
import { putFile, putRuntime } from "./upload.ts";

/** `$1`: `unix:PATH` or `tcp:PORT`. */
const PIPE = `exec ${RUNTIME_PATH}/node ${RUNTIME_PATH}/agent.mjs pipe "$1"`;
/** More than all that its script waits for: for services, undo steps, and processes. */
const REMOVE_LIMIT_MS = 600_000;
const UNDO_LIMIT_MS = 30_000;

interface SshDriverOptions {
  rig: string;
  state: SshState;
  connections: SshConnections;
  /** Folder of Node and edgeproof's programs for a machine's architecture; undefined where the rig is up already. */
  runtimeFolder?: (architecture: string) => Promise<string>;
  signal?: AbortSignal | undefined;
}

/** Takes machines that there are: puts the agent and the rig's programs on them, and removes just that. */
export class SshDriver implements Driver {
  readonly kind = "ssh";
  readonly power: SshPower;
  /** Machines meet on a network that is not the rig's. */
  readonly startRouter = undefined;
  private readonly options: SshDriverOptions;
  /** One file at a time: a board's disk does not get faster by two. */
  private readonly puts = new Map<string, Promise<void>>();
  private readonly placed = new Map<string, Promise<void>>();
  private readonly forwarded = new Map<string, Promise<void>>();

  /** The driver of a rig that is up, or of what is left of one. */
  static attach(rig: string, state: SshState): SshDriver {
    return new SshDriver({ rig, state, connections: new SshConnections(state.hosts, state.knownHosts) });
  }

  constructor(options: SshDriverOptions) {
    this.options = options;
    const reach = (node: string) => ({ host: this.host(node), transport: this.transport(node) });
    this.power = new SshPower(reach, (name) => this.attach(unnamed(name)));
  }

  /** Of sshd on every machine, and on those that others are reached by. */
  get controlPorts(): number[] {
    const ports = this.options.state.hosts.flatMap(({ port, proxyJump }) => [
      ...[port, ...(proxyJump ? [proxyJump.port] : [])],
    ]);
    return [...new Set(ports)];
  }

  layNetwork(): Promise<ReadonlyMap<string, string>> {
    const { hosts } = this.options.state;
    return Promise.resolve(new Map(hosts.map(({ machine, underlay }) => [machine, underlay])));
  }

  /** Claims the machine, puts the agent on it and starts it. Goes on where an earlier call was cut off. */
  async startMachine(plan: MachinePlan): Promise<AgentNode> {
    const { rig, runtimeFolder, signal } = this.options;
    const { name, role } = plan;
    const host = this.host(name);
    const transport = this.transport(name);
    await this.claim(name);
    if (!runtimeFolder) throw new Error(`${rig} is up already`);
    await putRuntime(transport, await runtimeFolder(host.architecture), signal);
    const boot: BootConfig = {
      real: true,
      forward: role === "server" || role === "agent",
      ...(role === "server" || role === "agent"
        ? { services: { cidr: SERVICE_CIDR, address: host.underlay } }
        : {}),
      modules: role === "tester" ? ["tun"] : ["tun", "overlay", "br_netfilter"],
      sysctls: role === "tester" ? { "net/ipv4/ip_local_port_range": "10000 65000" } : {},
      ...(host.systemd ? { guardUnit: "edgeproof-guard.service" } : {}),
    };
    await transport.run(remoteScript.startAgent(), [host.systemd ? "systemd" : "own"], {
      stdin: JSON.stringify(boot),
      signal,
    });
    const node = this.attach({ ...plan, underlay: host.underlay });
    await untilAgentAnswers(node, signal);
    return node;
  }

  attach(identity: NodeIdentity): AgentNode {
    const transport = this.transport(identity.name);
    return new RealNode(identity, (target) => transport.open(PIPE, [target]));
  }

  platform(machine: string): NodePlatform {
    return this.host(machine).platform;
  }

  place(machine: string, file: NodeFile): Promise<void> {
    const key = `${machine} ${file.folder} ${file.name}`;
    const known = this.placed.get(key) ?? this.put(machine, file);
    this.placed.set(key, known);
    known.catch(() => this.placed.delete(key));
    return known;
  }

  private put(machine: string, { folder, name, path }: NodeFile): Promise<void> {
    const before = this.puts.get(machine) ?? Promise.resolve();
    const put = before
      .catch(() => undefined)
      .then(() => putFile(this.transport(machine), folder, name, path, this.options.signal));
    this.puts.set(machine, put);
    return put;
  }

  /** Through the connection of ssh, which ends on the machine itself. */
  publishedFrom(): undefined {
    return undefined;
  }

  /** Opened anew by every command that uses the rig: it lasts as long as its connection. */
  async publishedPort(machine: string, port: number): Promise<number> {
    const local = this.options.state.ports[String(port)];
    if (local === undefined || this.host(machine).role !== "server")
      throw rigError("PORT_NOT_PUBLISHED", `port ${port} of ${machine} is not published`, {
        where: `node ${machine}`,
      });
    const known = this.forwarded.get(machine) ?? this.transport(machine).forward(local, port);
    this.forwarded.set(machine, known);
    await known;
    return local;
  }

  /** Opens the published ports of the rig, for commands that find it up. */
  async openPorts(): Promise<void> {
    const server = this.options.state.hosts.find(({ role }) => role === "server");
    for (const port of Object.keys(this.options.state.ports))
      if (server) await this.publishedPort(server.machine, Number(port));
  }

  facts(): Promise<MachineFacts> {
    const words: Record<string, string> = { x86_64: "x64", aarch64: "arm64", armv7l: "arm", armv6l: "arm" };
    return Promise.resolve({
      engine: "ssh",
      sharedCores: undefined,
      architecture: (machine) => {
        const found = this.host(machine).architecture;
        return words[found] ?? found;
      },
    });
  }

  close(): Promise<void> {
    return this.options.connections.close();
  }

  /** All machines at once; those that could not be cleaned are named together in the end. */
  async remove(say: (message: string) => void = () => undefined): Promise<void> {
    const failed: string[] = [];
    using waiting = new SlowSteps(say);
    await Promise.all(
      this.options.state.hosts.map(async ({ machine }) => {
        const ended = waiting.begin(machine);
        try {
          await this.undoLeases(machine);
          const { stdout } = await this.transport(machine).run(remoteScript.remove(), [this.options.rig], {
            timeoutMs: REMOVE_LIMIT_MS,
          });
          ended(stdout.trim() === "removed" ? "is as it was" : "had nothing of this rig");
        } catch (error) {
          const cause =
            error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
          failed.push(`${machine}: ${messageOf(error)}${cause}`);
          ended("was NOT cleaned");
        }
      }),
    );
    if (failed.length > 0)
      throw rigError("NODES_NOT_REMOVED", `${failed.length} machines were not cleaned`, {
        where: failed.join("; "),
        expected: "every machine of the rig to answer",
        fix: `see that they are on, then run \`edgeproof down ${this.options.rig} --confirm ${this.options.rig}\` again`,
      });
  }

  /** Faults that are in force are undone by the node itself while it still can. */
  private async undoLeases(machine: string): Promise<void> {
    const { stdout } = await this.transport(machine).run(HAS_LEASES, []);
    if (stdout.trim() !== "yes") return;
    const node = this.attach(unnamed(machine));
    const late = new Promise<void>((resolve) => setTimeout(resolve, UNDO_LIMIT_MS).unref());
    const undone = async (): Promise<void> => {
      for (const { id } of (await node.leases()).toReversed()) await node.releaseLease(id);
    };
    await Promise.race([undone().catch(() => undefined), late]);
    await node.disconnect();
  }

  private async claim(machine: string): Promise<void> {
    const { rig, signal } = this.options;
    const { stdout } = await this.transport(machine).run(remoteScript.claim(), [rig], { signal });
    const [answer, what = ""] = stdout.trim().split(" ");
    if (answer === "claimed" || answer === "resumed") return;
    const where = `node ${machine}`;
    if (answer === "taken")
      throw rigError("NODE_IN_USE", `it belongs to the rig ${what}`, {
        where,
        fix: `take that rig down first: \`edgeproof down ${what} --confirm ${what}\``,
      });
    throw rigError(
      "NODE_OCCUPIED",
      `${what || stdout} is there and no manifest says that it is edgeproof's`,
      {
        where,
        expected: "a machine without it",
        fix: "look at what it is; remove it if nobody needs it",
      },
    );
  }

  private host(machine: string): SshHost {
    const found = this.options.state.hosts.find((host) => host.machine === machine);
    if (found) return found;
    throw rigError("NO_SUCH_NODE", `the inventory has no machine ${machine}`, {
      where: this.options.state.inventory,
    });
  }

  private transport(machine: string): SshTransport {
    return this.options.connections.to(machine);
  }
}

const HAS_LEASES = "ls /var/lib/edgeproof/leases/*.json >/dev/null 2>&1 && echo yes || echo no";

/** Enough to ask a machine whether it answers. */
const unnamed = (name: string): NodeIdentity => ({
  ...{ name, role: "agent", site: "", deviceClass: "" },
  ...{ underlay: "", overlay: undefined },
});
