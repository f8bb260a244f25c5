import { spawn } from "node:child_process";
import { connect } from "node:net";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { rigError } from "../../harness/errors.ts";
import type { ExecOptions, ExecResult, NodeHandle } from "../../harness/rig/node-handle.ts";

const notHere = (what: string): Promise<never> =>
  Promise.reject(rigError("netns-node", `${what}: not in a netns`));

/** A machine that is only a network namespace of this host: programs run in it, files are the host's. For tests. */
export class NetnsNode implements NodeHandle {
  readonly role = "agent";
  readonly deviceClass = "none";
  readonly overlay = undefined;
  readonly name: string;
  readonly site: string;
  readonly underlay: string;
  readonly namespace: string;

  constructor(name: string, namespace: string, underlay: string) {
    this.name = name;
    this.site = name;
    this.namespace = namespace;
    this.underlay = underlay;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const child = spawn("ip", ["netns", "exec", this.namespace, ...argv], {
      env: { ...process.env, ...options.env },
    });
    const kill = (): void => void child.kill("SIGKILL");
    const timer = setTimeout(kill, options.timeoutMs ?? 60_000);
    options.signal?.addEventListener("abort", kill, { once: true });
    const result: ExecResult = { exitCode: 0, stdout: "", stderr: "" };
    createInterface({ input: child.stdout }).on("line", (line) => {
      result.stdout += `${line}\n`;
      options.onLine?.(line);
    });
    child.stderr.on("data", (chunk) => (result.stderr += String(chunk)));
    child.stdin.end(options.stdin);
    const [code] = (await once(child, "close")) as [number | null];
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", kill);
    result.exitCode = code ?? 137;
    if (result.exitCode !== 0 && !options.allowFailure && !options.signal?.aborted) {
      throw rigError("netns-exec", `${argv.join(" ")} ended with ${result.exitCode}: ${result.stderr}`);
    }
    return result;
  }

  async connect(target: { unix: string } | { port: number }): Promise<Duplex> {
    if (!("unix" in target)) return notHere("connect to a port");
    const socket = connect(target.unix);
    await once(socket, "connect");
    return socket;
  }

  writeFile = (): Promise<never> => notHere("writeFile");
  readFile = (): Promise<never> => notHere("readFile");
  startService = (): Promise<never> => notHere("startService");
  stopService = (): Promise<never> => notHere("stopService");
  holdService = (): Promise<never> => notHere("holdService");
  resumeService = (): Promise<never> => notHere("resumeService");
  restartService = (): Promise<never> => notHere("restartService");
  signalService = (): Promise<never> => notHere("signalService");
  services = (): Promise<never> => notHere("services");
  lease = (): Promise<never> => notHere("lease");
  renewLeases = (): Promise<never> => notHere("renewLeases");
  releaseLease = (): Promise<never> => notHere("releaseLease");
  forgetLease = (): Promise<never> => notHere("forgetLease");
  leases = (): Promise<never> => notHere("leases");
}
