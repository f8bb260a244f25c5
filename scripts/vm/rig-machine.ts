import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";

import { rigError } from "../../harness/errors.ts";
import type { VmImage } from "./image.ts";
import { READY } from "./recipe.ts";

/** An emulated processor beside others takes this long to boot, ms. */
const BOOT_LIMIT_MS = 600_000;

export interface RigMachineSpec {
  name: string;
  /** 0, 1, ...: its place in the network of machines. */
  index: number;
  /** Where the other machines reach it. */
  underlay: string;
  architecture: "amd64" | "arm64";
  memoryMiB: number;
  image: VmImage;
  /** Disk with the keys of this run. */
  payload: string;
  /** For the disk's changes. */
  folder: string;
  /** A machine that was not ended by then ends itself, s. */
  lifeSeconds: number;
}

/** How a machine is run. */
export interface MachineCommand {
  argv: readonly string[];
  /** Of this host's loopback; leads to its sshd. */
  port: number;
}

/** A virtual machine of a rig: one card by which this host reaches its sshd, one that it shares with the others. */
export class RigMachine {
  readonly spec: RigMachineSpec;
  /** Of this host's loopback; leads to its sshd. */
  readonly port: number;
  /** All that its serial console said. */
  console = "";
  private readonly child: ChildProcess;
  private complaints = "";

  static async boot(spec: RigMachineSpec, command: MachineCommand, signal: AbortSignal): Promise<RigMachine> {
    const machine = new RigMachine(spec, command);
    try {
      await machine.ready(signal);
      return machine;
    } catch (error) {
      await machine.end();
      throw error;
    }
  }

  private constructor(spec: RigMachineSpec, { argv, port }: MachineCommand) {
    this.spec = spec;
    this.port = port;
    // Ends with this process, however that ends: it gets SIGTERM then, which `timeout` passes on.
    const bounded = ["--pdeathsig", "TERM", "timeout", "--kill-after=5", String(spec.lifeSeconds)];
    this.child = spawn("setpriv", [...bounded, "setpriv", "--pdeathsig", "KILL", ...argv], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: spec.folder },
      detached: true,
    });
    // Emulated machines are slow enough: before other work, where that is allowed.
    const { pid } = this.child;
    if (pid !== undefined) void writeFile(`/proc/${pid}/autogroup`, "-3").catch(() => undefined);
  }

  /** Ends it at once; its disk's changes go with it. */
  async end(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await closed;
  }

  private ready(signal: AbortSignal): Promise<void> {
    const { child, spec } = this;
    return new Promise<void>((resolve, reject) => {
      const trouble = (what: string): void =>
        reject(
          rigError("VM_BOOT", `the virtual machine ${what}`, {
            where: `${spec.name} (${spec.architecture})`,
            fix: "See the last lines of its console below.",
            cause: new Error(`${this.complaints}${this.console}`.slice(-2000)),
          }),
        );
      const timer = setTimeout(() => trouble("did not come up in time"), BOOT_LIMIT_MS);
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop, { once: true });
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(timer);
        trouble(`ended with ${code}`);
      });
      child.stderr?.on("data", (chunk) => (this.complaints += String(chunk)));
      createInterface({ input: child.stdout! }).on("line", (line) => {
        this.console += `${line}\n`;
        if (!line.includes(READY)) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
