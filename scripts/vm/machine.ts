import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { rigError } from "../../harness/errors.ts";
import { freePort } from "./free-port.ts";
import type { VmImage } from "./image.ts";
import type { Payload } from "./payload.ts";
import { READY } from "./recipe.ts";

type Accelerator = "kvm" | "tcg";

/** A machine that was not ended by then ends itself, s. */
const LIFE_SECONDS = 1800;
/**
 * Time to boot, ms. A /dev/kvm that is there need not work: nested ones may abort, or hang before the kernel's first
 * line, so that waits less.
 */
const BOOT_LIMIT_MS = { kvm: 60_000, tcg: 300_000 };
const FIRST_LINE_LIMIT_MS = { kvm: 8_000, tcg: 120_000 };

/**
 * Emulated, a read of the HPET costs as much as a thousand instructions, and the time stamp counter is the host's, so
 * the same on each processor; nothing secret is in there that mitigations would guard.
 */
const KERNEL_OPTIONS = { kvm: "", tcg: "clocksource=tsc tsc=reliable mitigations=off" };

interface MachineParts {
  image: VmImage;
  payload: Payload;
  /** For known_hosts and the disk's changes. */
  folder: string;
}

/** A running virtual machine that answers over ssh. */
export class Machine {
  readonly accelerator: Accelerator;
  /** All that its serial console said. */
  console = "";
  private readonly parts: MachineParts;
  private readonly port: number;
  private readonly child: ChildProcess;
  private complaints = "";

  static async boot(parts: MachineParts, accelerator: Accelerator, signal: AbortSignal): Promise<Machine> {
    const machine = new Machine(parts, accelerator, await freePort());
    try {
      await machine.ready(signal);
      const { folder, payload } = parts;
      await writeFile(join(folder, "known_hosts"), `[127.0.0.1]:${machine.port} ${payload.hostKey}\n`);
      return machine;
    } catch (error) {
      await machine.end();
      throw error;
    }
  }

  private constructor(parts: MachineParts, accelerator: Accelerator, port: number) {
    this.parts = parts;
    this.accelerator = accelerator;
    this.port = port;
    const { image, payload, folder } = parts;
    const argv = [
      ...["-M", "q35", "-accel", accelerator, "-cpu", accelerator === "kvm" ? "host" : "max"],
      ...["-smp", "2", "-m", "1024", "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"],
      ...["-kernel", image.kernel, "-initrd", image.initrd],
      ...["-append", `root=/dev/vda rw console=ttyS0 panic=-1 ${KERNEL_OPTIONS[accelerator]}`],
      ...["-drive", `file=${image.disk},if=virtio,format=raw,snapshot=on`],
      ...["-drive", `file=${payload.disk},if=virtio,format=raw,readonly=on`],
      ...["-netdev", `user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
      ...["-device", "virtio-net-pci,netdev=net0", "-device", "virtio-rng-pci"],
    ];
    // Ends with this process, however that ends: it gets SIGTERM then, which `timeout` passes on.
    const bounded = ["--pdeathsig", "TERM", "timeout", "--kill-after=5", String(LIFE_SECONDS)];
    this.child = spawn(
      "setpriv",
      [...bounded, "setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", ...argv],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TMPDIR: folder }, detached: true },
    );
    // Its tests are of times: before other work, where that is allowed.
    const { pid } = this.child;
    if (pid !== undefined) void writeFile(`/proc/${pid}/autogroup`, "-15").catch(() => undefined);
  }

  private ready(signal: AbortSignal): Promise<void> {
    const { child, accelerator } = this;
    return new Promise<void>((resolve, reject) => {
      const trouble = (what: string) =>
        reject(
          rigError("VM_BOOT", `the virtual machine ${what}`, {
            where: `qemu-system-x86_64 -accel ${accelerator}`,
            fix: "See the last lines of its console below.",
            cause: new Error(`${this.complaints}${this.console}`.slice(-2000)),
          }),
        );
      const timers = [
        setTimeout(() => trouble("did not come up in time"), BOOT_LIMIT_MS[accelerator]),
        setTimeout(() => this.console === "" && trouble("says nothing"), FIRST_LINE_LIMIT_MS[accelerator]),
      ];
      const settle = (): void => timers.forEach((timer) => clearTimeout(timer));
      const stop = (): void => {
        settle();
        reject(signal.reason as Error);
      };
      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop, { once: true });
      child.once("error", reject);
      child.once("close", (code) => {
        settle();
        trouble(`ended with ${code}`);
      });
      child.stderr?.on("data", (chunk) => (this.complaints += String(chunk)));
      createInterface({ input: child.stdout! }).on("line", (line) => {
        this.console += `${line}\n`;
        if (!line.includes(READY)) return;
        settle();
        resolve();
      });
    });
  }

  /** Runs a command by ssh, with every line it prints handed on; resolves with its exit code. */
  async run(command: string, onLine: (line: string) => void, signal: AbortSignal): Promise<number> {
    const { folder, payload } = this.parts;
    const options = [
      ...["-F", "none", "-i", payload.key, "-p", String(this.port), "-o", "BatchMode=yes"],
      ...["-o", `UserKnownHostsFile=${join(folder, "known_hosts")}`, "-o", "StrictHostKeyChecking=yes"],
      ...["-o", "IdentitiesOnly=yes", "-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=6"],
    ];
    const child = spawn("ssh", [...options, "root@127.0.0.1", command], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      signal,
      killSignal: "SIGKILL",
    });
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", onLine);
    const closed = once(child, "close").catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
    const [code] = (await closed) as [number | null];
    return code ?? 255;
  }

  /** Ends it at once; its disk's changes go with it. */
  async end(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await closed;
  }
}
