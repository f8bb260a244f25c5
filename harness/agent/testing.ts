import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type Server, type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { projectFile } from "../project.ts";
import { AgentNode, type OpenPipe } from "../rig/driver/agent-node.ts";
import { GuardLink } from "./guard-link.ts";
import type { GuardPaths } from "./guard-process.ts";
import { Session } from "./session.ts";
import { Supervisor } from "./supervisor.ts";

/** What the tests run on nodes: small programs for the Node that runs the tests. */
export const script = (code: string): string[] => [process.execPath, "-e", code];

/** Resolves when `check` holds; rejects after `limitMs`. */
export async function eventually(check: () => boolean, limitMs = 5_000): Promise<void> {
  for (const deadline = Date.now() + limitMs; !check(); await delay(10))
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${String(check)}`);
}

/** Whether a process runs; one that ended and was not reaped does not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (!existsSync("/proc/self/stat")) return true;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** A real guard process, from the sources. */
export const startTestGuard = (paths: GuardPaths): ChildProcess =>
  spawn(
    process.execPath,
    ["--import", "tsx", "harness/agent/main.ts", "guard", JSON.stringify(paths)],
    // What it says is in its log.
    { cwd: projectFile("."), detached: true, stdio: ["ignore", "pipe", "ignore"] },
  );

/** An agent in the test's process, behind a unix socket in a folder of its own. */
export class TestAgent {
  readonly folder = mkdtempSync(join(tmpdir(), "edgeproof-agent-"));
  readonly socketPath = join(this.folder, "agent.sock");
  /** Connections that were ever opened. */
  opened = 0;
  private readonly open = new Set<Socket>();
  private readonly nodes: AgentNode[] = [];
  private readonly supervisors: Supervisor[] = [];
  /** Guards that it started. */
  readonly guards: ChildProcess[] = [];
  private guard: GuardLink | undefined;
  private server: Server | undefined;

  /** Connections that are open now. */
  get connections(): number {
    return this.open.size;
  }

  get guardPaths(): GuardPaths {
    const path = (name: string) => this.path(name);
    const [socket, log] = [path("guard.sock"), path("logs/guard.log")];
    return { folder: path("leases"), socket, agentSocket: this.socketPath, log };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Boots it; again after `crash`, with the disk as it was left. */
  async boot(): Promise<void> {
    const supervisor = new Supervisor({
      unitsFile: this.path("services.json"),
      holdsFolder: this.path("held"),
      logFolder: this.path("logs"),
      termGraceMs: 300,
    });
    this.supervisors.push(supervisor);
    const spawnGuard = (paths: GuardPaths): ChildProcess => {
      const child = startTestGuard(paths);
      this.guards.push(child);
      return child;
    };
    const guard = new GuardLink(this.guardPaths, { spawn: spawnGuard, elsewhere: false });
    this.guard = guard;
    this.server = createServer((socket) => {
      this.opened++;
      this.open.add(socket);
      socket.once("close", () => this.open.delete(socket));
      new Session(socket, supervisor, guard);
    }).listen(this.socketPath);
    await once(this.server, "listening");
    guard.watch();
    await supervisor.boot();
  }

  /** The tester's handle of this node. */
  node(openPipe: OpenPipe = () => this.connect()): AgentNode {
    const identity = { role: "agent", site: "edge-a", deviceClass: "pi4", underlay: "198.18.1.10" } as const;
    const node = new AgentNode({ name: "pi4-1", ...identity, overlay: undefined }, openPipe);
    this.nodes.push(node);
    return node;
  }

  async connect(): Promise<Socket> {
    const socket = connect(this.socketPath);
    await once(socket, "connect");
    return socket;
  }

  /** The names that the disk lists as services. */
  units(): string[] {
    const units = JSON.parse(readFileSync(this.path("services.json"), "utf8")) as { name: string }[];
    return units.map(({ name }) => name);
  }

  /** Cuts every connection and takes no more. */
  async cut(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    this.guard?.unwatch();
    if (!server) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  /** Ends all of it, services included. */
  async destroy(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.disconnect()));
    await this.cut();
    for (const child of this.guards) child.kill("SIGKILL");
    const names = existsSync(this.path("services.json")) ? this.units() : [];
    for (const supervisor of this.supervisors) for (const name of names) await supervisor.stop(name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
