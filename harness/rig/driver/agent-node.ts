import type { Duplex } from "node:stream";

import { AGENT_SOCKET } from "../../agent/protocol.ts";
import { EdgeproofError, rigError } from "../../errors.ts";
import type {
  ExecOptions,
  ExecResult,
  Lease,
  NodeHandle,
  ServiceSpec,
  ServiceState,
} from "../node-handle.ts";
import { AgentClient } from "./agent-client.ts";
import { IdentifiedNode, type NodeIdentity } from "./identified-node.ts";

const EXEC_TIMEOUT_MS = 60_000;

/** How a driver reaches the agent of one node: runs `agent pipe TARGET` there and gives its standard streams. */
export type OpenPipe = (target: string) => Promise<Duplex>;

/** A node whose agent answers; the connection is opened when first used, and again after the node was restarted. */
export class AgentNode extends IdentifiedNode implements NodeHandle {
  /** Factor on how long it may take for something: see `patienceOf`. */
  readonly patience: number = 1;
  private readonly openPipe: OpenPipe;
  private connection: Promise<AgentClient> | undefined;
  private abandoned: Error | undefined;

  constructor(identity: NodeIdentity, openPipe: OpenPipe) {
    super(identity);
    this.openPipe = openPipe;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const client = await this.client();
    let stdout = "";
    const stdin = options.stdin === undefined ? {} : { stdin: Buffer.from(options.stdin).toString("base64") };
    const env = options.env === undefined ? {} : { env: options.env };
    const timeoutMs = options.timeoutMs ?? EXEC_TIMEOUT_MS;
    const call = client.send(
      { op: "exec", argv, timeoutMs, stream: options.onLine !== undefined, ...stdin, ...env },
      (line) => {
        stdout += `${line}\n`;
        options.onLine?.(line);
      },
    );
    const kill = (): void => void client.send({ op: "kill", target: call.id }).done.catch(() => undefined);
    options.signal?.addEventListener("abort", kill, { once: true });
    if (options.signal?.aborted) kill();
    const done = await call.done.finally(() => options.signal?.removeEventListener("abort", kill));
    const result = {
      exitCode: done.exitCode ?? 0,
      stdout: stdout || (done.stdout ?? ""),
      stderr: done.stderr ?? "",
    };
    if (result.exitCode !== 0 && !options.allowFailure && !options.signal?.aborted)
      throw rigError("NODE_COMMAND_FAILED", `\`${argv.join(" ")}\` ${endOf(done, timeoutMs)}`, {
        where: `node ${this.name}`,
        expected: "exit code 0",
        cause: new Error((result.stderr || result.stdout).trim().slice(-2000)),
      });
    return result;
  }

  async writeFile(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const data = Buffer.from(content).toString("base64");
    await (await this.client()).send({ op: "write", path, mode, data }).done;
  }

  async readFile(path: string): Promise<Buffer> {
    const call = (await this.client()).send({ op: "read", path });
    await call.done;
    return Buffer.concat(call.chunks);
  }

  async startService(spec: ServiceSpec): Promise<void> {
    await (await this.client()).send({ op: "start-service", spec }).done;
  }

  async stopService(name: string): Promise<void> {
    await (await this.client()).send({ op: "stop-service", name }).done;
  }

  holdService(name: string, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    return this.ask({ op: "hold-service", name, signal });
  }

  resumeService(name: string): Promise<void> {
    return this.ask({ op: "resume-service", name });
  }

  restartService(name: string): Promise<void> {
    return this.ask({ op: "restart-service", name });
  }

  signalService(name: string, signal: NodeJS.Signals): Promise<void> {
    return this.ask({ op: "signal-service", name, signal });
  }

  async services(): Promise<ServiceState[]> {
    return (await this.list("services")) as ServiceState[];
  }

  lease(lease: Omit<Lease, "expiresAt">, ttlMs: number): Promise<void> {
    return this.ask({ op: "lease", lease, ttlMs });
  }

  renewLeases(ttlMs: number): Promise<void> {
    return this.ask({ op: "renew-leases", ttlMs });
  }

  releaseLease(id: string): Promise<void> {
    return this.ask({ op: "release-lease", lease: id });
  }

  forgetLease(id: string): Promise<void> {
    return this.ask({ op: "forget-lease", lease: id });
  }

  async leases(): Promise<Lease[]> {
    return (await this.list("leases")) as Lease[];
  }

  private async ask(request: Parameters<AgentClient["send"]>[0]): Promise<void> {
    await (await this.client()).send(request).done;
  }

  private async list(op: "services" | "leases"): Promise<unknown> {
    let answer = "[]";
    await (await this.client()).send({ op }, (line) => (answer = line)).done;
    return JSON.parse(answer);
  }

  connect(target: { unix: string } | { port: number }): Promise<Duplex> {
    return this.pipe("unix" in target ? `unix:${target.unix}` : `tcp:${target.port}`);
  }

  /** The same for good: what is under way and all later calls reject. */
  abandon(why: Error): void {
    this.abandoned = why;
    void this.disconnect();
  }

  /** Ends the connection; processes started by `exec` over it end too. */
  async disconnect(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    (await connection?.catch(() => undefined))?.close();
  }

  /** One connection for all calls, also for those that come while it is being opened. */
  private client(): Promise<AgentClient> {
    if (this.abandoned) return Promise.reject(this.abandoned);
    if (this.connection) return this.connection;
    const forget = (): void => {
      if (this.connection === opening) this.connection = undefined;
    };
    const opening = this.pipe(`unix:${AGENT_SOCKET}`).then(
      (stream) => new AgentClient(this.name, stream, forget),
    );
    opening.catch(forget);
    this.connection = opening;
    return opening;
  }

  private async pipe(target: string): Promise<Duplex> {
    if (this.abandoned) throw this.abandoned;
    try {
      return await this.openPipe(target);
    } catch (cause) {
      if (cause instanceof EdgeproofError) throw cause;
      const where = `node ${this.name}`;
      throw rigError("NODE_UNREACHABLE", `${target} cannot be reached`, { where, cause });
    }
  }
}

const endOf = ({ exitCode, timedOut }: { exitCode?: number; timedOut?: boolean }, limitMs: number): string =>
  timedOut ? `was killed after ${limitMs} ms` : `exited with ${exitCode}`;
