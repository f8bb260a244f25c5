import { type ChildProcess, spawn } from "node:child_process";
import { createReadStream, mkdirSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";

import { type AgentAnswer, type AgentRequest, lineSplitter } from "./protocol.ts";
import type { Supervisor } from "./supervisor.ts";

type Exec = Extract<AgentRequest, { op: "exec" }>;

/** Serves one connection. What it started by `exec` ends with it: a dead tester leaves no load or probe behind. */
export class Session {
  private readonly socket: Socket;
  private readonly supervisor: Supervisor;
  private readonly children = new Map<number, ChildProcess>();

  constructor(socket: Socket, supervisor: Supervisor) {
    this.socket = socket;
    this.supervisor = supervisor;
    const lines = lineSplitter((line) => {
      if (line) void this.handle(JSON.parse(line) as AgentRequest);
    });
    socket.on("data", (chunk: Buffer) => lines.push(chunk));
    socket.on("close", () => this.children.forEach((child) => child.kill("SIGKILL")));
    socket.on("error", () => socket.destroy());
  }

  private send(answer: AgentAnswer): void {
    if (!this.socket.destroyed) this.socket.write(`${JSON.stringify(answer)}\n`);
  }

  private async handle(request: AgentRequest): Promise<void> {
    const { id } = request;
    try {
      switch (request.op) {
        case "exec":
          return this.exec(request);
        case "kill":
          this.children.get(request.target)?.kill("SIGINT");
          break;
        case "write":
          mkdirSync(dirname(request.path), { recursive: true });
          writeFileSync(request.path, Buffer.from(request.data, "base64"), { mode: request.mode });
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
      }
      this.send({ id, event: "done" });
    } catch (error) {
      this.send({ id, event: "error", message: error instanceof Error ? error.message : String(error) });
    }
  }

  private exec(request: Exec): void {
    const { id } = request;
    const [program, ...args] = request.argv;
    const child = spawn(program ?? "", args, { env: { ...process.env, ...request.env } });
    this.children.set(id, child);
    const timer = setTimeout(() => child.kill("SIGKILL"), request.timeoutMs);
    let stdout = "";
    let stderr = "";
    const lines = lineSplitter((line) => this.send({ id, event: "line", line }));
    child.stdout.on("data", (chunk: Buffer) => {
      if (request.stream) lines.push(chunk);
      else stdout += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
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
      this.send({ id, event: "done", exitCode: code ?? (signal === "SIGKILL" ? 137 : 130), stdout, stderr });
    });
  }
}
