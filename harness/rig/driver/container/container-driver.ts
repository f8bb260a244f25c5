import type { HostConfig } from "dockerode";

import type { BootConfig } from "../../../agent/boot.ts";
import { rigError } from "../../../errors.ts";
import { AgentNode } from "../agent-node.ts";
import type { NodeIdentity } from "../identified-node.ts";
import type { Driver, MachineFacts, MachinePlan } from "../driver.ts";
import { BIN_PATH } from "../node-paths.ts";
import { CONTAINER_PLATFORM, type NodePlatform } from "../node-platform.ts";
import { RUNTIME_PATH } from "../runtime-folder.ts";
import { ContainerPower } from "./container-power.ts";
import { emptyDisk } from "./empty-disk.ts";
import { type Docker, engineCores } from "./engine-client.ts";
import { openExecPipe } from "./exec-pipe.ts";
import { freeHostPort } from "./host-port.ts";
import { resourceName } from "./labels.ts";
import { findLeftovers, removeLeftovers } from "./leftovers.ts";
import { type RigNetwork, createNetworks } from "./networks.ts";
import type { Privileges } from "./privileges.ts";
import { RigContainer } from "./rig-container.ts";

export interface DriverOptions {
  rig: string;
  image: string;
  privileges: Privileges;
  /** Host settings that give the router real-time priority. */
  realtime?: HostConfig;
  runtimeFolder: string;
  binFolder: string;
  /** Further folders of the host, mounted read-only: host path -> path in nodes. */
  mounts?: Record<string, string>;
}

/** Makes the machines of a rig as containers: one network each, joined only by the WAN router. */
export class ContainerDriver implements Driver {
  readonly kind = "container";
  /** The engine's own channel leads to the machines, not their underlay. */
  readonly controlPorts = [];
  readonly docker: Docker;
  private readonly options: DriverOptions;
  private networks: ReadonlyMap<string, RigNetwork> = new Map();
  readonly power: ContainerPower;

  constructor(docker: Docker, options: DriverOptions) {
    this.docker = docker;
    this.options = options;
    this.power = new ContainerPower(docker, options.rig, (name) => this.attach(unnamed(name)));
  }

  /** One network a machine, joined only by the router. */
  async layNetwork(machines: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.networks = await createNetworks(this.docker, this.options.rig, machines);
    return new Map([...this.networks].map(([name, { machine }]) => [name, machine]));
  }

  /** The router; every other machine's default route leads through it. */
  readonly startRouter = (name: string): Promise<AgentNode> => {
    const networks = [...this.networks.values()];
    const attachments = networks.map((network) => ({ network: network.name, address: network.router }));
    const identity = { name, role: "wan", site: "", deviceClass: "", overlay: undefined } as const;
    const sysctls = { "net/ipv4/conf/all/rp_filter": "0", "net/ipv4/conf/all/send_redirects": "0" };
    const hostConfig = this.options.realtime ?? {};
    return this.start({ ...identity, underlay: "" }, attachments, { forward: true, sysctls }, { hostConfig });
  };

  startMachine(plan: MachinePlan): Promise<AgentNode> {
    const network = this.networks.get(plan.name);
    if (!network) throw new Error(`${plan.name} was started before its network was made`);
    const attachments = [{ network: network.name, address: network.machine }];
    // One tester makes thousands of connections: a source port that comes back within the connection tracker's two
    // minutes meets the entry of a request to a pod that died, and is sent to that pod.
    const sysctls = plan.role === "tester" ? { "net/ipv4/ip_local_port_range": "10000 65000" } : {};
    const boot = { gateway: network.router, sysctls };
    return this.start({ ...plan, underlay: network.machine }, attachments, boot, plan);
  }

  publishedFrom(machine: string): string | undefined {
    return this.networks.get(machine)?.gateway;
  }

  private async start(
    identity: NodeIdentity,
    attachments: { network: string; address: string }[],
    boot: BootConfig,
    plan: Pick<MachinePlan, "limits" | "publish"> & { hostConfig?: HostConfig },
  ): Promise<AgentNode> {
    const { rig, image, privileges, runtimeFolder, binFolder } = this.options;
    const containerName = resourceName(rig, identity.name);
    const limits = plan.limits && {
      NanoCpus: Math.round(plan.limits.cpus * 1e9),
      Memory: plan.limits.memoryMiB * 1024 * 1024,
    };
    const container = new RigContainer(this.docker, image, {
      rig,
      node: identity.name,
      role: identity.role,
      containerName,
      attachments,
      hostConfig: { ...privileges.hostConfig, ...limits, ...plan.hostConfig },
      boot,
      mounts: { [runtimeFolder]: RUNTIME_PATH, [binFolder]: BIN_PATH, ...this.options.mounts },
      volumes: ["/var/lib/containerd", "/var/lib/kubelet", "/var/lib/rancher"],
      publish: await hostPorts(plan.publish ?? []),
      environment: {},
    });
    await container.start();
    return this.attach(identity);
  }

  /** The handle of a machine that exists already, for commands that come after `up`. */
  attach(identity: NodeIdentity): AgentNode {
    const containerName = resourceName(this.options.rig, identity.name);
    return new AgentNode(identity, (target) => openExecPipe(this.docker, containerName, target));
  }

  /** Host port on the loopback at which a published port of a machine is reached. */
  async publishedPort(node: string, port: number): Promise<number> {
    const container = this.docker.getContainer(resourceName(this.options.rig, node));
    const { NetworkSettings } = await container.inspect();
    const host = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
    if (host) return Number(host);
    throw rigError("PORT_NOT_PUBLISHED", `port ${port} of ${node} is not published`, {
      where: `node ${node}`,
    });
  }

  /**
   * Takes what lies in a folder of a machine's disk, one of its volumes, while the machine is off.
   * @throws EdgeproofError when it runs
   */
  async loseDisk(node: string, folder: string): Promise<void> {
    if ((await this.power.state(node)) !== "off")
      throw rigError("MACHINE_IS_ON", "the disk of a machine that runs cannot be lost", {
        where: `node ${node}`,
        expected: "a machine that is off",
      });
    const { rig, image } = this.options;
    await emptyDisk(this.docker, { rig, node, image, folder });
  }

  platform(): NodePlatform {
    return CONTAINER_PLATFORM;
  }

  /** Machines have this host's folders mounted. */
  place(): Promise<void> {
    return Promise.resolve();
  }

  async facts(): Promise<MachineFacts> {
    const { ServerVersion = "?" } = (await this.docker.info()) as { ServerVersion?: string };
    return {
      engine: `docker ${ServerVersion}`,
      sharedCores: await engineCores(this.docker),
      architecture: () => process.arch,
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async remove(): Promise<void> {
    await removeLeftovers(this.docker, await findLeftovers(this.docker, this.options.rig));
  }
}

const hostPorts = async (ports: readonly number[]): Promise<Record<number, number>> =>
  Object.fromEntries(await Promise.all(ports.map(async (port) => [port, await freeHostPort()] as const)));

/** Enough to ask a machine whether it answers. */
const unnamed = (name: string): NodeIdentity => ({
  ...{ name, role: "agent", site: "", deviceClass: "" },
  ...{ underlay: "", overlay: undefined },
});
