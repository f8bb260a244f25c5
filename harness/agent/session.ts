import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, createReadStream, fchmodSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { dirname } from "node:path";

import type { GuardLink } from "./guard-link.ts";
import { type AgentAnswer, type AgentRequest, lineSplitter } from "./protocol.ts";
import type { Supervisor } from "./supervisor.ts";

type Exec = Extract<AgentRequest, { op: "exec" }>;

/** Signals a process and what it started: each was made the leader of a process group. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

/** The mode holds for a file that was there before, too, and whatever the umask is. */
function writeWithMode(path: string, data: Buffer, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w", mode);
  try {
    fchmodSync(file, mode);
    writeFileSync(file, data);
  } finally {
    closeSync(file);
  }
}

/** Serves one connection. What it started by `exec` ends with it: a dead tester leaves no load or probe behind. */
export class Session {
  private readonly socket: Socket;
  private readonly supervisor: Supervisor;
  private readonly guard: GuardLink;
  private readonly children = new Map<number, ChildProcess>();

  constructor(socket: Socket, supervisor: Supervisor, guard: GuardLink) {
    this.socket = socket;
    this.supervisor = supervisor;
    this.guard = guard;
    const lines = lineSplitter((line) => {
      if (line) this.receive(line);
    });
    socket.on("data", (chunk: Buffer) => lines.push(chunk));
    socket.on("close", () => this.children.forEach((child) => signalGroup(child, "SIGKILL")));
    socket.on("error", () => socket.destroy());
  }

  private send(answer: AgentAnswer): void {
    if (!this.socket.destroyed) this.socket.write(`${JSON.stringify(answer)}\n`);
  }

  private receive(line: string): void {
    try {
      void this.handle(JSON.parse(line) as AgentRequest);
    } catch {
      // Whoever talks here is no tester; the node must not fall over it.
      this.socket.destroy();
    }
  }

  private async handle(request: AgentRequest): Promise<void> {
    const { id } = request;
    try {
      switch (request.op) {
        case "exec":
          return this.exec(request);
        case "kill":
          this.interrupt(request.target);
          break;
        case "write":
          writeWithMode(request.path, Buffer.from(request.data, "base64"), request.mode);
          break;
        case "read":
          for await (const chunk of createReadStream(request.path, { highWaterMark: 768 * 1024 }))
            this.send({ id, event: "chunk", data: (chunk as Buffer).toString("base64") });
          break;
        case "start-service":
          await this.supervisor.start(request.spec);
          break;
        case "stop-service":
          await this.supervisor.stop(request.name);
          break;
        case "hold-service":
          await this.supervisor.hold(request.name, request.signal);
          break;
        case "resume-service":
          await this.supervisor.resume(request.name);
          break;
        case "restart-service":
          await this.supervisor.restart(request.name);
          break;
        case "signal-service":
          this.supervisor.signal(request.name, request.signal);
          break;
        case "services":
          this.send({ id, event: "line", line: JSON.stringify(this.supervisor.states()) });
          break;
        case "lease":
        case "renew-leases":
        case "release-lease":
        case "forget-lease":
        case "leases": {
          const line = await this.guard.ask(request);
          if (line !== undefined) this.send({ id, event: "line", line });
        }
      }
      this.send({ id, event: "done" });
    } catch (error) {
      this.send({ id, event: "error", message: error instanceof Error ? error.message : String(error) });
    }
  }

  private interrupt(target: number): void {
    const child = this.children.get(target);
    if (child) signalGroup(child, "SIGINT");
  }

  private exec(request: Exec): void {
    const { id } = request;
    const [program, ...args] = request.argv;
    const child = spawn(program ?? "", args, { env: { ...process.env, ...request.env }, detached: true });
    this.children.set(id, child);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      signalGroup(child, "SIGKILL");
    }, request.timeoutMs);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const lines = lineSplitter((line) => this.send({ id, event: "line", line }));
    child.stdout.on("data", (chunk: Buffer) => {
      if (request.stream) lines.push(chunk);
      else stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(request.stdin === undefined ? undefined : Buffer.from(request.stdin, "base64"));
    child.once("error", (error) => {
      clearTimeout(timer);
      this.children.delete(id);
      this.send({ id, event: "error", message: error.message });
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (!this.children.delete(id)) return;
      lines.end();
      this.send({
        id,
        event: "done",
        // As shells say it.
        exitCode: code ?? 128 + constants.signals[signal ?? "SIGKILL"],
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        timedOut,
      });
    });
  }
}
