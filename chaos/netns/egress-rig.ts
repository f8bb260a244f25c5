import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { rigError } from "../../harness/errors.ts";
import type { WanRoute } from "../wan/egress-end.ts";
import { JoinedWanClient } from "../wan/joined-wan-client.ts";
import { runProgram } from "../wan/run-program.ts";
import type { ImpairedRig } from "./impaired-rig.ts";
import { NetnsNode } from "./netns-node.ts";
import { removeNamespaces } from "./netns-rig.ts";
import { routerState } from "./router-state.ts";
import { WanProcess } from "./wan-process.ts";

interface Machine {
  node: NetnsNode;
  wan: WanProcess;
}

/**
 * Machines in namespaces of their own on one Ethernet, as real nodes on a LAN, each with a WAN service that impairs what
 * it sends itself. Names start with `epwt-PID`.
 */
export class EgressRig implements ImpairedRig {
  private readonly machines: Machine[] = [];
  private readonly members: readonly string[];
  private readonly lan = `epwt-${process.pid}-lan`;
  private folder = "";

  /** @param others machines of the same network that are no members */
  static async create(members: readonly string[], others: readonly string[] = []): Promise<EgressRig> {
    const rig = new EgressRig(members);
    try {
      await removeNamespaces((pid) => !existsSync(`/proc/${pid}`));
      rig.folder = await mkdtemp(join(tmpdir(), "epwt-"));
      await runProgram(["ip", "netns", "add", rig.lan]);
      await runProgram(["ip", "-n", rig.lan, "link", "add", "lan", "type", "bridge"]);
      await runProgram(["ip", "-n", rig.lan, "link", "set", "lan", "up"]);
      for (const [index, name] of [...members, ...others].entries()) await rig.addNode(name, index + 1);
      return rig;
    } catch (error) {
      await rig.destroy();
      throw error;
    }
  }

  private constructor(members: readonly string[]) {
    this.members = members;
  }

  private async addNode(name: string, number: number): Promise<void> {
    const node = new NetnsNode(name, `epwt-${process.pid}-${name}`, `198.18.1.${number}`);
    await runProgram(["ip", "netns", "add", node.namespace]);
    this.machines.push({ node, wan: new WanProcess(node.namespace, join(this.folder, name)) });
    const port = `port${number}`;
    const peer = ["peer", "name", "eth0", "netns", node.namespace];
    await runProgram(["ip", "-n", this.lan, "link", "add", port, "type", "veth", ...peer]);
    await runProgram(["ip", "-n", this.lan, "link", "set", port, "master", "lan", "up"]);
    const inNode = ["ip", "-n", node.namespace];
    await runProgram([...inNode, "addr", "add", `${node.underlay}/24`, "dev", "eth0"]);
    await runProgram([...inNode, "link", "set", "lo", "up"]);
    await runProgram([...inNode, "link", "set", "eth0", "up"]);
  }

  private machine(name: string): Machine {
    const found = this.machines.find(({ node }) => node.name === name);
    if (!found) throw rigError("netns-rig", `no node ${name}`);
    return found;
  }

  private get impairing(): Machine[] {
    return this.members.map((name) => this.machine(name));
  }

  node(name: string): NetnsNode {
    return this.machine(name).node;
  }

  service(name: string): WanProcess {
    return this.machine(name).wan;
  }

  config(self: string, backend = "netem"): object {
    const members = this.impairing.map(({ node }) => ({ name: node.name, address: node.underlay }));
    return { members, backend, seed: process.pid, egress: { self } };
  }

  route(name: string): WanRoute {
    const { node, wan } = this.machine(name);
    return {
      name,
      connect: () => node.connect({ unix: wan.socket }),
      answers: () => Promise.resolve(true),
    };
  }

  async startWan(backend = "netem"): Promise<JoinedWanClient> {
    await Promise.all(this.impairing.map(({ node, wan }) => wan.start(this.config(node.name, backend))));
    return JoinedWanClient.connect(this.members.map((name) => this.route(name)));
  }

  async stopWan(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await Promise.all(this.machines.map(({ wan }) => wan.stop(signal)));
  }

  async cleanWan(): Promise<void> {
    await Promise.all(this.impairing.map(({ node, wan }) => wan.clean(this.config(node.name))));
  }

  get exitCodes(): (number | null)[] {
    return this.impairing.map(({ wan }) => wan.child?.exitCode ?? null);
  }

  /** On the second member, whose service starts last or not at all. */
  impair(argv: readonly string[]): Promise<string> {
    return this.inNode(this.members[1] ?? "", argv);
  }

  inNode(name: string, argv: readonly string[]): Promise<string> {
    return runProgram(["ip", "netns", "exec", this.node(name).namespace, ...argv]);
  }

  state(): Promise<unknown> {
    return Promise.all(this.impairing.map(({ node }) => routerState(node.namespace)));
  }

  async destroy(): Promise<void> {
    await this.stopWan("SIGKILL");
    await removeNamespaces((pid) => pid === process.pid);
    if (this.folder !== "") await rm(this.folder, { recursive: true, force: true });
  }
}
