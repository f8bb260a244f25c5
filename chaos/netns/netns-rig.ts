import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rigError } from "../../harness/errors.ts";
import { runProgram } from "../wan/run-program.ts";
import { WanClient } from "../wan/wan-client.ts";
import type { WanBackend } from "../wan/wan-engine.ts";
import { NetnsNode } from "./netns-node.ts";

const SERVICE = fileURLToPath(new URL("../wan/service.ts", import.meta.url));
const BUNDLED_SERVICE = fileURLToPath(new URL("./wan.mjs", import.meta.url));

/** How Node runs the WAN service: the bundle beside this module, where the tests are bundled, else the source. */
const serviceProgram = (): string[] =>
  existsSync(BUNDLED_SERVICE) ? [BUNDLED_SERVICE] : ["--import", tsxLoader(), SERVICE];

/** Not by `import.meta.resolve`, which there is not where mocha has this module compiled to CommonJS. */
const tsxLoader = (): string => pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

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
export class NetnsRig {
  readonly nodes: NetnsNode[] = [];
  readonly router = `epwt-${process.pid}-wan`;
  service: ChildProcess | undefined;
  /** What the service printed when it was ready. */
  readyLine = "";
  private folder = "";

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

  private serviceArgv(config: string): string[] {
    return ["netns", "exec", this.router, process.execPath, ...serviceProgram(), config];
  }

  private async writeConfig(backend: string): Promise<string> {
    const members = this.nodes.map(({ name, underlay }) => ({ name, address: underlay }));
    const config = join(this.folder, "wan.json");
    await writeFile(config, JSON.stringify({ members, backend, seed: process.pid, socket: this.socket }));
    return config;
  }

  private get socket(): string {
    return join(this.folder, "wan.sock");
  }

  /** Starts the WAN service and connects to it. */
  async startWan(backend = "userspace"): Promise<WanClient> {
    const child = spawn("ip", this.serviceArgv(await this.writeConfig(backend)), {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.service = child;
    let trouble = "";
    child.stderr.on("data", (chunk) => (trouble += String(chunk)));
    await new Promise<void>((resolve, reject) => {
      child.once("close", (code) =>
        reject(rigError("netns-wan", `the WAN service ended with ${code}: ${trouble}`)),
      );
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.readyLine = line;
        if (line.startsWith("wan ready")) resolve();
      });
    });
    return WanClient.connect(await this.nodes[0]!.connect({ unix: this.socket }));
  }

  /** Ends the WAN service by a signal and waits until it is gone. */
  async stopWan(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.service;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  /** Removes what a killed WAN service left. */
  async cleanWan(): Promise<void> {
    await runProgram(["ip", ...this.serviceArgv(await this.writeConfig("userspace")), "--clean"]);
  }

  async destroy(): Promise<void> {
    await this.stopWan("SIGKILL");
    await removeNamespaces((pid) => pid === process.pid);
    if (this.folder !== "") await rm(this.folder, { recursive: true, force: true });
  }
}

/** Removes the namespaces of the test processes chosen; those of dead ones are leftovers of a killed run. */
async function removeNamespaces(ofProcess: (pid: number) => boolean): Promise<void> {
  const names = await runProgram(["ip", "netns", "list"]);
  for (const line of names.split("\n")) {
    const [name = ""] = line.split(" ");
    const [, pid] = /^epwt-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && ofProcess(Number(pid))) await runProgram(["ip", "netns", "del", name]);
  }
}
