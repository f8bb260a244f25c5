import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";

import { rigError } from "../../harness/errors.ts";
import { freePort } from "./free-port.ts";
import type { VmImage } from "./image.ts";
import { READY } from "./recipe.ts";
import { accessHardware, rigAddress, rigHardware } from "./rig-recipe.ts";

/** An emulated processor beside others takes this long to boot, ms. */
const BOOT_LIMIT_MS = 600_000;

export interface RigMachineSpec {
  name: string;
  /** 0, 1, ...: its place in the network of machines. */
  index: number;
  architecture: "amd64" | "arm64";
  memoryMiB: number;
  image: VmImage;
  /** Disk with the keys of this run. */
  payload: string;
  /** For the disk's changes. */
  folder: string;
  /** UDP port on the loopback by which the machines' second cards are one network. */
  networkPort: number;
  /** A machine that was not ended by then ends itself, s. */
  lifeSeconds: number;
}

const HARDWARE = {
  amd64: {
    program: "qemu-system-x86_64",
    machine: ["-M", "q35", "-cpu", "max"],
    console: "ttyS0",
    card: "virtio-net-pci",
  },
  arm64: {
    program: "qemu-system-aarch64",
    // Without pointer authentication, whose emulation costs a fifth of the processor.
    machine: ["-M", "virt", "-cpu", "cortex-a72"],
    console: "ttyAMA0",
    card: "virtio-net-pci",
  },
} as const;

/** A virtual machine of a rig: one card by which this host reaches its sshd, one that it shares with the others. */
export class RigMachine {
  readonly spec: RigMachineSpec;
  /** Of this host's loopback; leads to its sshd. */
  readonly port: number;
  /** All that its serial console said. */
  console = "";
  private readonly child: ChildProcess;
  private complaints = "";

  static async boot(spec: RigMachineSpec, signal: AbortSignal): Promise<RigMachine> {
    const machine = new RigMachine(spec, await freePort());
    try {
      await machine.ready(signal);
      return machine;
    } catch (error) {
      await machine.end();
      throw error;
    }
  }

  private constructor(spec: RigMachineSpec, port: number) {
    this.spec = spec;
    this.port = port;
    const { program, machine, console, card } = HARDWARE[spec.architecture];
    const { image, index, name } = spec;
    const kernel = `root=/dev/vda rw console=${console} panic=-1 mitigations=off systemd.hostname=${name}`;
    const clock = spec.architecture === "amd64" ? " clocksource=tsc tsc=reliable" : "";
    const argv = [
      ...machine,
      ...["-accel", "tcg,thread=multi,tb-size=256", "-smp", "2", "-m", String(spec.memoryMiB)],
      ...["-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"],
      ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", `${kernel}${clock}`],
      ...["-drive", `file=${image.disk},if=none,id=disk,format=raw,snapshot=on,cache=unsafe`],
      ...["-device", "virtio-blk-pci,drive=disk"],
      ...["-drive", `file=${spec.payload},if=none,id=payload,format=raw,readonly=on`],
      ...["-device", "virtio-blk-pci,drive=payload"],
      ...["-netdev", `user,id=access,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
      ...["-device", `${card},netdev=access,mac=${accessHardware},romfile=`],
      ...["-netdev", `socket,id=rig,mcast=230.77.0.1:${spec.networkPort},localaddr=127.0.0.1`],
      ...["-device", `${card},netdev=rig,mac=${rigHardware(index)},romfile=`, "-device", "virtio-rng-pci"],
    ];
    // Ends with this process, however that ends: it gets SIGTERM then, which `timeout` passes on.
    const bounded = ["--pdeathsig", "TERM", "timeout", "--kill-after=5", String(spec.lifeSeconds)];
    this.child = spawn("setpriv", [...bounded, "setpriv", "--pdeathsig", "KILL", program, ...argv], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: spec.folder },
      detached: true,
    });
    // Emulated machines are slow enough: before other work, where that is allowed.
    const { pid } = this.child;
    if (pid !== undefined) void writeFile(`/proc/${pid}/autogroup`, "-3").catch(() => undefined);
  }

  /** Where the other machines reach it. */
  get underlay(): string {
    return rigAddress(this.spec.index);
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
