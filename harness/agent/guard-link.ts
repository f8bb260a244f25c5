import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type Socket, connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { EdgeproofError } from "../errors.ts";
import { AgentClient } from "../rig/driver/agent-client.ts";
import { GUARD_ON_A_NODE, GUARD_READY, type GuardPaths } from "./guard-process.ts";
import { LeaseStore } from "./lease-store.ts";
import type { LeaseRequest } from "./protocol.ts";

/** A starved machine is slow to start a process, and a lease must not fail for it. */
const START_LIMIT_MS = 60_000;
const ATTEMPTS = 3;
const WATCH_MS = 1_000;
const POLL_MS = 50;
/** Node takes so long to start on a fast machine; on a slow one it is asked for more often than needed. */
const ASK_AGAIN_MS = 2_000;

type Body<T = LeaseRequest> = T extends LeaseRequest ? Omit<T, "id"> : never;

/** How a guard comes to be. */
export interface GuardStart {
  spawn(paths: GuardPaths): ChildProcess;
  /** What is spawned has another process started, and tells by its end that this was taken on. */
  elsewhere: boolean;
}

const AS_A_CHILD: GuardStart = {
  spawn: (paths) =>
    spawn(process.execPath, [...process.execArgv, process.argv[1] ?? "", "guard", JSON.stringify(paths)], {
      // A session of its own: no signal to the agent's group reaches it.
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    }),
  elsewhere: false,
};

/**
 * By systemd, as a unit of its own: outside of the agent's control group, which is killed and frozen as a whole where the
 * power of the rig's part of a real machine is switched.
 */
export const asAUnit = (unit: string): GuardStart => ({
  spawn: () => spawn("systemctl", ["start", unit], { stdio: ["ignore", "pipe", "inherit"] }),
  elsewhere: true,
});

async function open(socket: string): Promise<Socket | undefined> {
  const stream = connect(socket);
  try {
    await once(stream, "connect");
    return stream;
  } catch {
    return undefined;
  }
}

/** The agent's way to the guard: starts it with the first lease, and again when it died while there are leases. */
export class GuardLink {
  private readonly paths: GuardPaths;
  private readonly start: GuardStart;
  private readonly store: LeaseStore;
  private starting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(paths = GUARD_ON_A_NODE, start = AS_A_CHILD) {
    this.paths = paths;
    this.start = start;
    this.store = new LeaseStore(paths.folder);
  }

  /** Looks after the guard from now on; leases from before a reboot are kept by it at once. */
  watch(): void {
    const look = (): void => {
      if (this.store.files().length > 0) void this.ensure().catch(() => undefined);
    };
    look();
    this.timer = setInterval(look, WATCH_MS);
  }

  unwatch(): void {
    clearInterval(this.timer);
  }

  /** Resolves with the list that was asked for. A guard that dies meanwhile is started again: requests are idempotent. */
  async ask(body: Body): Promise<string | undefined> {
    if (body.op !== "lease" && this.store.files().length === 0)
      return body.op === "leases" ? "[]" : undefined;
    for (let attempt = 1; ; attempt++) {
      await this.ensure();
      const stream = await open(this.paths.socket);
      try {
        if (stream) return await this.send(stream, body);
      } catch (error) {
        const died = error instanceof EdgeproofError && error.code === "NODE_UNREACHABLE";
        if (!died) throw error;
      }
      if (attempt === ATTEMPTS) throw new Error("the node's lease guard does not answer");
      await delay(100);
    }
  }

  private async send(stream: Socket, body: Body): Promise<string | undefined> {
    const client = new AgentClient("this node", stream);
    let list: string | undefined;
    try {
      await client.send(body, (line) => (list = line)).done;
      return list;
    } finally {
      client.close();
    }
  }

  private ensure(): Promise<void> {
    this.starting ??= this.launch().finally(() => (this.starting = undefined));
    return this.starting;
  }

  private async launch(): Promise<void> {
    if (await this.isServed()) return;
    if (!this.start.elsewhere) return this.launchChild();
    const deadline = performance.now() + START_LIMIT_MS;
    // Again and again: one that was just ending when it was asked for has not been started.
    while (performance.now() < deadline) {
      await this.spawned((child, resolve) => child.once("exit", (code) => code === 0 && resolve()));
      for (const until = performance.now() + ASK_AGAIN_MS; performance.now() < until; await delay(POLL_MS))
        if (await this.isServed()) return;
    }
    throw new Error("the node's lease guard did not start: it is not ready");
  }

  private launchChild(): Promise<void> {
    return this.spawned((child, resolve, reject) => {
      child.stdout?.once("data", (chunk: Buffer) =>
        String(chunk).includes(GUARD_READY) ? resolve() : reject(new Error(String(chunk))),
      );
      // Another one serves.
      child.once("exit", (code) => code === 0 && resolve());
    });
  }

  private async spawned(
    watch: (child: ChildProcess, resolve: () => void, reject: (error: Error) => void) => void,
  ): Promise<void> {
    const child = this.start.spawn(this.paths);
    const ready = new Promise<void>((resolve, reject) => {
      watch(child, resolve, reject);
      child.once("error", reject);
      child.once("exit", (code) => code === 0 || reject(new Error(`it ended with ${code}`)));
      setTimeout(() => reject(new Error("it is not ready")), START_LIMIT_MS).unref();
    });
    try {
      await ready;
    } catch (cause) {
      child.kill("SIGKILL");
      throw new Error(`the node's lease guard did not start: ${(cause as Error).message}`, { cause });
    } finally {
      child.stdout?.destroy();
      child.unref();
    }
  }

  private async isServed(): Promise<boolean> {
    const probe = await open(this.paths.socket);
    probe?.destroy();
    return probe !== undefined;
  }
}
