import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { rigError } from "../../../errors.ts";
import { unlessAborted } from "../../until-aborted.ts";
import { childStream, type PipedChild } from "./child-stream.ts";
import { shellQuote } from "./shell-quote.ts";
import { hostAlias } from "./ssh-config.ts";
import { isSudoRefusal, type Reached, sshError } from "./ssh-error.ts";

const OPEN_LIMIT_MS = 90_000;
/** Root needs no sudo, and need not have it. */
const AS_ROOT = 'if [ "$(id -u)" = 0 ]; then exec "$@"; else exec sudo -n -- "$@"; fi';
const MASTER_READY = "edgeproof-connected";
/** sshd lets ten sessions through one connection; some are for streams that stay open. */
const MOST_AT_ONCE = 4;

export interface RemoteResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RemoteOptions {
  stdin?: string | Readable;
  /** Milliseconds. @default 60_000 */
  timeoutMs?: number;
  /** Resolve whatever the exit code is. @default false */
  allowFailure?: boolean;
  signal?: AbortSignal | undefined;
}

/** One machine by system OpenSSH: a connection that all calls share, opened when first used and again when it broke. */
export class SshTransport {
  private readonly host: Reached;
  private readonly configFile: string;
  private readonly socket: string;
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private master: Promise<PipedChild> | undefined;
  private closed = false;

  constructor(host: Reached, configFile: string, socket: string) {
    this.host = host;
    this.configFile = configFile;
    this.socket = socket;
  }

  /** Runs a constant script as root, with arguments that reach it as `$1`, `$2`...; never text made of data. */
  async run(script: string, args: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    await this.turn();
    try {
      return await this.runNow(script, args, options);
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  /** The same with its standard streams. */
  async open(script: string, args: readonly string[]): Promise<Duplex> {
    await this.connect();
    const child = this.spawn(["-T", "--", this.alias, this.asRoot(script, args)]);
    return childStream(child, (said) => sshError(this.host, said));
  }

  /** Has a port of this machine's loopback lead to a port of the node's own loopback, for as long as the connection lasts. */
  async forward(local: number, remote: number): Promise<void> {
    await this.connect();
    const asked = this.spawn([
      "-O",
      "forward",
      "-L",
      `127.0.0.1:${local}:127.0.0.1:${remote}`,
      "--",
      this.alias,
    ]);
    const { exitCode, stderr } = await collect(asked, 20_000);
    if (exitCode === 0 || (await isTaken(local))) return;
    throw rigError("NO_PORT_FORWARD", `its port ${remote} cannot be reached through ssh`, {
      where: `node ${this.host.machine}`,
      expected: "`AllowTcpForwarding yes` in its sshd_config, which is sshd's default",
      cause: new Error(stderr.trim()),
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    const child = await this.master?.catch(() => undefined);
    this.master = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "close");
    child.stdin.end();
    child.kill("SIGTERM");
    await ended;
  }

  private get alias(): string {
    return hostAlias(this.host.machine);
  }

  private asRoot(script: string, args: readonly string[]): string {
    return shellQuote(["/bin/sh", "-c", AS_ROOT, "edgeproof", "/bin/sh", "-c", script, "edgeproof", ...args]);
  }

  private spawn(argv: readonly string[]): PipedChild {
    // A session of its own: Ctrl-C at the terminal ends the run, not the way to put things back.
    return spawn("ssh", ["-F", this.configFile, "-S", this.socket, ...argv], {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
  }

  private async turn(): Promise<void> {
    if (this.running >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running++;
  }

  private async runNow(
    script: string,
    args: readonly string[],
    { stdin, timeoutMs = 60_000, allowFailure = false, signal }: RemoteOptions,
  ): Promise<RemoteResult> {
    signal?.throwIfAborted();
    await unlessAborted(signal, this.connect());
    const child = this.spawn(["-T", "--", this.alias, this.asRoot(script, args)]);
    const stop = (): void => void child.kill("SIGTERM");
    signal?.addEventListener("abort", stop, { once: true });
    child.stdin.on("error", () => undefined);
    const fed =
      typeof stdin === "object"
        ? pipeline(stdin, child.stdin).catch((error: unknown) => error as Error)
        : void child.stdin.end(stdin);
    try {
      const result = await collect(child, timeoutMs);
      signal?.throwIfAborted();
      const wrong = await fed;
      const { exitCode, stderr } = result;
      if (exitCode === 255 || (exitCode !== 0 && isSudoRefusal(stderr))) throw sshError(this.host, stderr);
      if (exitCode === 0 || allowFailure) return result;
      throw rigError("NODE_COMMAND_FAILED", `a step on the node ended with ${exitCode}`, {
        where: `node ${this.host.machine}`,
        cause: new Error(`${result.stdout}\n${stderr}\n${wrong?.message ?? ""}`.trim().slice(-1500)),
      });
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** One connection, also for calls that come while it is being opened. */
  private async connect(): Promise<void> {
    if (this.closed)
      throw rigError("NODE_UNREACHABLE", "the connection was closed", { where: `node ${this.host.machine}` });
    const known = await this.master?.catch(() => undefined);
    if (known?.exitCode === null && known.signalCode === null) return;
    const opening = this.openMaster();
    this.master = opening;
    opening.catch(() => {
      if (this.master === opening) this.master = undefined;
    });
    await opening;
  }

  /** Its remote end waits for the end of its input: with this process it ends, however that ends. */
  private async openMaster(): Promise<PipedChild> {
    const command = shellQuote(["/bin/sh", "-c", `echo ${MASTER_READY}; exec cat >/dev/null`]);
    const child = this.spawn(["-M", "-o", "ControlPersist=no", "-T", "--", this.alias, command]);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString("utf8")).slice(-2000)));
    child.stdin.on("error", () => undefined);
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(sshError(this.host, said));
      const timer = setTimeout(() => {
        said += `\nno connection within ${OPEN_LIMIT_MS / 1000} s`;
        child.kill("SIGKILL");
      }, OPEN_LIMIT_MS);
      child.stdout.on("data", (chunk: Buffer) => {
        if (!chunk.toString("utf8").includes(MASTER_READY)) return;
        clearTimeout(timer);
        resolve();
      });
      child.once("error", (error) => {
        clearTimeout(timer);
        reject(sshError(this.host, error.message));
      });
      child.once("close", () => {
        clearTimeout(timer);
        fail();
      });
    });
    return child;
  }
}

/** Output of a child that ends by itself, or is killed after its time. */
async function collect(child: PipedChild, timeoutMs: number): Promise<RemoteResult> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  let late = "";
  const timer = setTimeout(() => {
    late = `\nnot done after ${timeoutMs / 1000} s`;
    child.kill("SIGKILL");
  }, timeoutMs);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    const stderr = Buffer.concat(err).toString("utf8") + late;
    return { exitCode: code ?? 137, stdout: Buffer.concat(out).toString("utf8"), stderr };
  } finally {
    clearTimeout(timer);
  }
}

/** Somebody listens there: another command of this rig, whose way is as good. */
async function isTaken(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  return new Promise((resolve) => {
    server.once("error", () => resolve(true));
    server.once("listening", () => server.close(() => resolve(false)));
  });
}
