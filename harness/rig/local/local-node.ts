import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { dirname } from "node:path";
import type { Duplex } from "node:stream";

import { lineSplitter } from "../../agent/protocol.ts";
import { rigError } from "../../errors.ts";
import { AgentlessNode } from "../driver/agentless-node.ts";
import type { RigNode } from "../driver/rig-node.ts";
import type { ExecOptions, ExecResult } from "../node-handle.ts";
import { type LocalPlaces, localPaths } from "./local-paths.ts";
import { killGroup, type ProcessMarks } from "./process-marks.ts";

const EXEC_TIMEOUT_MS = 60_000;

export interface LocalNodeOptions {
  name: string;
  site: string;
  places: LocalPlaces;
  marks: ProcessMarks;
  /** Home of its processes. */
  home: string;
}

/**
 * This machine as the tester of a rig: commands are child processes, each in a process group of its own that ends with its
 * leader, with a limit on its time. It has no agent, and so no services and no leases.
 */
export class LocalNode extends AgentlessNode implements RigNode {
  private readonly options: LocalNodeOptions;
  private readonly here: (path: string) => string;
  private readonly running = new Set<number>();

  constructor(options: LocalNodeOptions) {
    super({
      ...{ name: options.name, role: "tester", site: options.site, deviceClass: "" },
      ...{ underlay: "127.0.0.1", overlay: undefined },
    });
    this.options = options;
    this.here = localPaths(options.places);
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { timeoutMs = EXEC_TIMEOUT_MS, signal } = options;
    // A function: what was asked once, types take to be so after an await too.
    const isAborted = (): boolean => signal?.aborted ?? false;
    if (isAborted()) return { exitCode: 137, stdout: "", stderr: "" };
    const [program = "", ...args] = argv.map(this.here);
    const env = Object.entries(options.env ?? {}).map(([name, value]) => [name, this.here(value)] as const);
    // Nothing of this process's own environment: a proxy that it names would be measured.
    const own = { PATH: process.env.PATH ?? "", HOME: this.options.home, LANG: "C.UTF-8" };
    const child = spawn(program, args, {
      ...{ detached: true, stdio: ["pipe", "pipe", "pipe"] },
      env: { ...own, ...Object.fromEntries(env) },
    });
    const limit = { passed: false };
    let stdout = "";
    let stderr = "";
    const lines = lineSplitter((line) => {
      stdout += `${line}\n`;
      options.onLine?.(line);
    });
    child.stdout.on("data", (chunk: Buffer) => lines.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    // One that reads none of it may have ended already.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);
    const { pid } = child;
    const kill = (): void => {
      if (pid !== undefined) killGroup(pid);
    };
    if (pid !== undefined) {
      this.running.add(pid);
      this.options.marks.add(pid, program);
    }
    // What it has started holds its output open.
    child.once("exit", kill);
    signal?.addEventListener("abort", kill, { once: true });
    const timer = setTimeout(() => {
      limit.passed = true;
      kill();
    }, timeoutMs);
    try {
      const [code, ending] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
      lines.end();
      const result = { exitCode: code ?? (ending === null ? 1 : 137), stdout, stderr };
      if (result.exitCode !== 0 && !options.allowFailure && !isAborted())
        throw this.failed(
          argv,
          limit.passed ? `was killed after ${timeoutMs} ms` : `exited with ${result.exitCode}`,
          new Error((stderr || stdout).trim().slice(-2000)),
        );
      return result;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall?.startsWith("spawn"))
        throw this.failed(argv, "could not be started", error);
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", kill);
      if (pid !== undefined) {
        this.running.delete(pid);
        this.options.marks.remove(pid);
      }
    }
  }

  async writeFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const file = this.here(path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, content, { mode });
    await chmod(file, mode);
  }

  readFile(path: string): Promise<Buffer> {
    return readFile(this.here(path));
  }

  async connect(target: { unix: string } | { port: number }): Promise<Duplex> {
    const socket =
      "unix" in target
        ? createConnection(this.here(target.unix))
        : createConnection(target.port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  }

  /** Ends what a process that was killed left running; returns what it was, for people. */
  endLeft(): string[] {
    return this.options.marks.endAll();
  }

  /** Ends what still runs. */
  disconnect(): Promise<void> {
    for (const pid of this.running) killGroup(pid);
    return Promise.resolve();
  }

  protected refuse(): Promise<never> {
    return Promise.reject(
      rigError("NO_AGENT", "this machine is no machine of the rig: it has no services", {
        where: `node ${this.name}`,
        expected: "commands alone",
      }),
    );
  }

  private failed(argv: readonly string[], how: string, cause: unknown): Error {
    return rigError("NODE_COMMAND_FAILED", `\`${argv.join(" ")}\` ${how}`, {
      where: `node ${this.name}`,
      expected: "exit code 0",
      cause,
    });
  }
}
