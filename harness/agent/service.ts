import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type WriteStream, createWriteStream, mkdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import type { ServiceSpec } from "../rig/node-handle.ts";
import { lineSplitter } from "./protocol.ts";

const RESTART_DELAY_MS = 500;
const LAST_WORDS_MS = 200;
const TAIL_LINES = 15;

export interface ServiceSettings {
  logFolder: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  termGraceMs: number;
}

/** One supervised process: its output goes to a log file, a line of it says that it is ready. */
export class Service {
  readonly spec: ServiceSpec;
  private readonly termGraceMs: number;
  private child: ChildProcess | undefined;
  private stopping = false;
  private restartTimer: NodeJS.Timeout | undefined;
  private readonly log: WriteStream;
  private readonly tail: string[] = [];

  constructor(spec: ServiceSpec, { logFolder, termGraceMs }: ServiceSettings) {
    this.spec = spec;
    this.termGraceMs = termGraceMs;
    mkdirSync(logFolder, { recursive: true });
    this.log = createWriteStream(`${logFolder}/${spec.name}.log`, { flags: "a" });
    // A full disk costs lines of a log; unhandled, it would cost the node.
    this.log.on("error", () => undefined);
  }

  /** Resolves when ready; rejects with the last lines of its log when it exits or stays silent for too long. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { readyPattern, oneshot, name } = this.spec;
      const limit = this.spec.readyTimeoutMs ?? 60_000;
      const ready = readyPattern === undefined ? undefined : new RegExp(readyPattern);
      const timer = setTimeout(() => fail(`is not ready after ${limit} ms`), limit);
      let settled = false;
      const settle = (then: () => void): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        then();
      };
      const fail = (why: string): void =>
        settle(() => reject(new Error(`service ${name} ${why}\n${this.tail.join("\n")}`)));
      this.launch(
        (line) => {
          if (ready?.test(line)) settle(resolve);
        },
        (code) => {
          if (oneshot && code === 0) settle(resolve);
          else fail(`exited with ${code}`);
        },
      );
      if (!ready && !oneshot) this.child?.once("spawn", () => settle(resolve));
    });
  }

  /** Undefined while no process runs. */
  get pid(): number | undefined {
    const child = this.child;
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** Throws where no process runs. */
  signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) throw new Error(`service ${this.spec.name} does not run`);
    this.child?.kill(signal);
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restartTimer);
    const child = this.child;
    if (child && this.pid !== undefined) {
      const gone = once(child, "exit");
      const silent = once(child, "close");
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), this.termGraceMs);
      await gone;
      clearTimeout(timer);
      // A child of its own may hold its output open for ever.
      await Promise.race([silent, delay(LAST_WORDS_MS, undefined, { ref: false })]);
    }
    this.log.end();
  }

  private launch(onLine: (line: string) => void, onExit: (code: number | string) => void): void {
    const [program, ...args] = this.spec.argv;
    const child = spawn(program ?? "", args, {
      env: { ...process.env, ...this.spec.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    const remember = (line: string): void => {
      this.tail.push(line);
      if (this.tail.length > TAIL_LINES) this.tail.shift();
      onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) {
      const lines = lineSplitter(remember);
      stream.on("data", (chunk: Buffer) => {
        this.log.write(chunk);
        lines.push(chunk);
      });
      stream.on("end", () => lines.end());
    }
    child.once("error", (error) => onExit(error.message));
    child.once("close", (code, signal) => {
      onExit(code ?? signal ?? "unknown");
      if (this.stopping || this.spec.oneshot || this.spec.restart === false) return;
      this.restartTimer = setTimeout(
        () =>
          this.launch(
            () => undefined,
            () => undefined,
          ),
        RESTART_DELAY_MS,
      );
    });
  }
}
