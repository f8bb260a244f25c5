import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rigError } from "../../harness/errors.ts";
import { runProgram } from "../wan/run-program.ts";
import { WanClient } from "../wan/wan-client.ts";
import type { WanBackend } from "../wan/wan-engine.ts";
import type { ImpairedRig } from "./impaired-rig.ts";
import { NetnsNode } from "./netns-node.ts";
import { type RouterState, routerState } from "./router-state.ts";
import { WanProcess } from "./wan-process.ts";

/** Why network namespaces with what the WAN back end needs cannot be had here; undefined if they can. */
export async function whyNoNetns(backend: WanBackend = "userspace"): Promise<string | undefined> {
  if (process.platform !== "linux") return "not Linux";
  if (process.getuid?.() !== 0) return "not root";
  if (backend === "userspace" && !existsSync("/dev/net/tun")) return "no /dev/net/tun";
  for (const program of [
    ["ip", "-V"],
    ["ping", "-V"],
    ["fping", "--version"],
    ["tc", "-V"],
    ["nft", "--version"],
  ]) {
    const missing = await runProgram(program).then(
      () => false,
      () => true,
    );
    if (missing) return `no ${program[0]} (apt-get install iproute2 iputils-ping fping nftables)`;
  }
  const check = `epwt-${process.pid}-check`;
  try {
    await runProgram(["ip", "netns", "add", check]);
    await runProgram(["ip", "netns", "del", check]);
  } catch (error) {
    return `no network namespaces: ${String(error)}`;
  }
  return backend === "netem" && !(await hasNetem()) ? "the kernel has no netem" : undefined;
}

/** Asked of the kernel alone, so that a back end that fails to find it fails its tests and is not skipped. */
async function hasNetem(): Promise<boolean> {
  const check = `epwt-${process.pid}-check`;
  const inCheck = ["ip", "netns", "exec", check];
  await runProgram(["ip", "netns", "add", check]);
  return runProgram([...inCheck, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"])
    .then(
      () => true,
      () => false,
    )
    .finally(() => runProgram(["ip", "netns", "del", check]));
}

/**
 * The rig's layout in network namespaces, for tests: each machine in one of its own, a router with a veth to each, and
 * the WAN service in the router. Names start with `epwt-PID`.
 */
export class NetnsRig implements ImpairedRig {
  readonly nodes: NetnsNode[] = [];
  readonly router = `epwt-${process.pid}-wan`;
  private folder = "";
  private process: WanProcess | undefined;

  private constructor() {}

  static async create(names: readonly string[]): Promise<NetnsRig> {
    const rig = new NetnsRig();
    try {
      await removeNamespaces((pid) => !existsSync(`/proc/${pid}`));
      rig.folder = await mkdtemp(join(tmpdir(), "epwt-"));
      await runProgram(["ip", "netns", "add", rig.router]);
      // As the driver boots the router; a new namespace takes over whatever the host has.
      await runProgram(["ip", "netns", "exec", rig.router, "tee", "/proc/sys/net/ipv4/ip_forward"], "1");
      for (const [index, name] of names.entries()) await rig.addNode(name, index + 1);
      return rig;
    } catch (error) {
      await rig.destroy();
      throw error;
    }
  }

  private async addNode(name: string, number: number): Promise<void> {
    const node = new NetnsNode(name, `epwt-${process.pid}-${name}`, `198.18.${number}.10`);
    const gateway = `198.18.${number}.2`;
    const inNode = ["ip", "-n", node.namespace];
    const inRouter = ["ip", "-n", this.router];
    await runProgram(["ip", "netns", "add", node.namespace]);
    this.nodes.push(node);
    const peer = ["peer", "name", "eth0", "netns", node.namespace];
    await runProgram([...inRouter, "link", "add", `eth${number}`, "type", "veth", ...peer]);
    await runProgram([...inRouter, "addr", "add", `${gateway}/24`, "dev", `eth${number}`]);
    await runProgram([...inRouter, "link", "set", `eth${number}`, "up"]);
    await runProgram([...inNode, "addr", "add", `${node.underlay}/24`, "dev", "eth0"]);
    await runProgram([...inNode, "link", "set", "lo", "up"]);
    await runProgram([...inNode, "link", "set", "eth0", "up"]);
    await runProgram([...inNode, "route", "add", "default", "via", gateway]);
  }

  node(name: string): NetnsNode {
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (!node) throw rigError("netns-rig", `no node ${name}`);
    return node;
  }

  inRouter(argv: readonly string[]): Promise<string> {
    return runProgram(["ip", "netns", "exec", this.router, ...argv]);
  }

  impair(argv: readonly string[]): Promise<string> {
    return this.inRouter(argv);
  }

  state(): Promise<RouterState> {
    return routerState(this.router);
  }

  private get wan(): WanProcess {
    return (this.process ??= new WanProcess(this.router, join(this.folder, "wan")));
  }

  /** The WAN service's process, the last one that was started. */
  get service(): ChildProcess | undefined {
    return this.process?.child;
  }

  /** What the service printed when it was ready. */
  get readyLine(): string {
    return this.wan.readyLine;
  }

  get exitCodes(): (number | null)[] {
    return [this.service?.exitCode ?? null];
  }

  private config(backend: string): object {
    const members = this.nodes.map(({ name, underlay }) => ({ name, address: underlay }));
    return { members, backend, seed: process.pid };
  }

  /** Starts the WAN service and connects to it. */
  async startWan(backend = "userspace"): Promise<WanClient> {
    await this.wan.start(this.config(backend));
    return WanClient.connect(await this.nodes[0]!.connect({ unix: this.wan.socket }));
  }

  /** Ends the WAN service by a signal and waits until it is gone. */
  async stopWan(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await this.process?.stop(signal);
  }

  /** Removes what a killed WAN service left. */
  async cleanWan(): Promise<void> {
    await this.wan.clean(this.config("userspace"));
  }

  async destroy(): Promise<void> {
    await this.stopWan("SIGKILL");
    await removeNamespaces((pid) => pid === process.pid);
    if (this.folder !== "") await rm(this.folder, { recursive: true, force: true });
  }
}

/** Removes the namespaces of the test processes chosen; those of dead ones are leftovers of a killed run. */
export async function removeNamespaces(ofProcess: (pid: number) => boolean): Promise<void> {
  const names = await runProgram(["ip", "netns", "list"]);
  for (const line of names.split("\n")) {
    const [name = ""] = line.split(" ");
    const [, pid] = /^epwt-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && ofProcess(Number(pid))) await runProgram(["ip", "netns", "del", name]);
  }
}
