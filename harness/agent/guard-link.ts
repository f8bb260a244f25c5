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
const START_LIMIT_MS = 30_000;
const ATTEMPTS = 3;
const WATCH_MS = 1_000;

type Body<T = LeaseRequest> = T extends LeaseRequest ? Omit<T, "id"> : never;

const startGuard = (paths: GuardPaths): ChildProcess =>
  spawn(process.execPath, [...process.execArgv, process.argv[1] ?? "", "guard", JSON.stringify(paths)], {
    // A session of its own: no signal to the agent's group reaches it.
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
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
  private readonly start: (paths: GuardPaths) => ChildProcess;
  private readonly store: LeaseStore;
  private starting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(paths = GUARD_ON_A_NODE, start = startGuard) {
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
    const probe = await open(this.paths.socket);
    probe?.destroy();
    if (probe) return;
    const child = this.start(this.paths);
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout?.once("data", (chunk: Buffer) =>
        String(chunk).includes(GUARD_READY) ? resolve() : reject(new Error(String(chunk))),
      );
      child.once("error", reject);
      child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`it ended with ${code}`))));
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
}
