import type { KubeConfig } from "@kubernetes/client-node";

import type { Receipt } from "../../../harness/record/model.ts";
import type { ExecOptions, NodeHandle, ServiceState } from "../../../harness/rig/node-handle.ts";
import type { Change, Guard } from "../../journal/change.ts";
import type { FaultDefinition } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";

const GIB = 1024 ** 3;
/** What a reading is apart from the one before, ms. */
const TICK_MS = 2_000;

/** A machine as node faults see it. With `works` false every command succeeds and none has an effect. */
export class FakeMachine {
  works = true;
  power: "running" | "paused" | "off" = "running";
  boots = 1;
  skewMs = 0;
  disk = { freeBytes: 8 * GIB, totalBytes: 10 * GIB, mount: "/run", type: "tmpfs" };
  writeMs = 0.4;
  availableBytes = 4 * GIB;
  readonly held = new Set<string>();
  canReboot = true;
  /** Every command, in order. */
  readonly commands: string[] = [];
  /** Commands of the pressure program, in order. */
  readonly asked: string[] = [];
  services = ["containerd", "kubelet"];
  /** Called for every command of the pressure program. */
  onPressure: (command: string) => void = () => undefined;
  private load = { workers: 0, share: 0, bytes: 0, running: false };
  private at = 0;
  private cpuMs = 0;

  readonly handle = {
    name: "pi-1",
    role: "agent",
    underlay: "198.18.1.10",
    overlay: "198.19.0.2",
    exec: (argv: readonly string[], { stdin }: ExecOptions = {}) => {
      const asks = argv[0] === "test" || argv[1] === "--version";
      if (!asks) this.commands.push(`${argv.join(" ")}${stdin === undefined ? "" : ` < ${String(stdin)}`}`);
      const exitCode = asks && !this.canReboot ? 1 : 0;
      return Promise.resolve({ exitCode, stderr: "", stdout: asks ? "" : this.run(argv) });
    },
    readFile: (path: string) =>
      Promise.resolve(
        Buffer.from(
          path.endsWith("boot_id") ? `boot-${this.boots}\n` : `1 (tini) S ${"0 ".repeat(18)}${this.boots} 0`,
        ),
      ),
    services: (): Promise<ServiceState[]> =>
      Promise.resolve(
        this.services.map((name) => ({
          name,
          held: this.held.has(name),
          ...(this.held.has(name) ? {} : { pid: 7 + this.boots }),
        })),
      ),
    holdService: (name: string) => {
      if (this.works) this.held.add(name);
      return Promise.resolve();
    },
    resumeService: (name: string) => {
      this.held.delete(name);
      return Promise.resolve();
    },
  } as unknown as NodeHandle;

  private run(argv: readonly string[]): string {
    const [program = "", ...args] = argv;
    if (program === "date") return `${Math.round((Date.now() + this.skewMs) * 1e6)}`;
    if (program === "systemctl" || program === "tee") return this.works ? `${(this.boots += 1)}` : "";
    const [script = "", command = "", ...rest] = args;
    if (script.endsWith("machine-probe.mjs")) return JSON.stringify(this.probe(command));
    this.asked.push(command);
    this.onPressure(command);
    if (this.works) this.press(command, rest[1] ?? "");
    return "";
  }

  private probe(command: string): unknown {
    this.at += TICK_MS;
    const { load } = this;
    this.cpuMs += load.workers * load.share * TICK_MS;
    switch (command) {
      case "load":
        return {
          at: this.at,
          processes: load.running ? 1 : 0,
          cpuMs: this.cpuMs,
          waitedMs: 0,
          anonymousBytes: load.running ? load.bytes + 10e6 : 0,
        };
      case "resources":
        return { cores: 4, availableBytes: this.availableBytes - load.bytes };
      case "disk":
        return this.disk;
      case "writes":
        return [this.writeMs, this.writeMs];
      case "program":
        return this.held.size > 0 ? 0 : 1;
      default:
        return "254:0";
    }
  }

  private press(command: string, text: string): void {
    const spec = (text.startsWith("{") ? JSON.parse(text) : {}) as Record<string, number>;
    const free = 8 * GIB;
    if (command === "start")
      this.load = {
        workers: spec.workers ?? 0,
        share: spec.load ?? 0,
        bytes: spec.bytes ?? 0,
        running: true,
      };
    if (command === "stop") this.load = { workers: 0, share: 0, bytes: 0, running: false };
    if (command === "disk-fill") this.disk.freeBytes = spec.leaveBytes ?? free - (spec.takeBytes ?? 0);
    if (command === "disk-free") this.disk.freeBytes = free;
    if (command === "io-slow")
      this.writeMs += spec.bytesPerSecond
        ? 250
        : spec.operationsPerSecond
          ? 2_000 / spec.operationsPerSecond
          : 0;
    if (command === "io-restore") this.writeMs = 0.4;
    if (command === "clock-skew") this.skewMs = Number(text);
    if (command === "clock-restore") this.skewMs = 0;
  }

  /** What a driver does to it, and what a ping of another machine finds. */
  rig(driver: "container" | "ssh" = "container", kube = {} as KubeConfig): FaultRig {
    const set = (power: "running" | "paused" | "off"): Promise<void> => {
      if (this.works) {
        if (power === "running" && this.power === "off") this.boots++;
        this.power = power;
      }
      return Promise.resolve();
    };
    const tester = {
      exec: (argv: readonly string[]) => {
        // Of a real machine only the rig's part is switched.
        const kernelOff = this.power === "off" && driver === "container";
        const silent = kernelOff || (this.power !== "running" && argv.at(-1) === this.handle.overlay);
        return Promise.resolve({ exitCode: silent ? 1 : 0, stdout: "", stderr: "" });
      },
    };
    return {
      driver,
      nodes: [],
      tester,
      kube,
      paths: { bin: "/bin", runtime: "/runtime" },
      power: {
        switches: driver === "container" ? "machine" : "services",
        kill: () => set("off"),
        stop: () => set("off"),
        start: () => set("running"),
        pause: () => set("paused"),
        unpause: () => set("running"),
        state: () => Promise.resolve(this.power),
      },
    } as unknown as FaultRig;
  }
}

/** Puts changes back by their undo data alone, as a new process would. */
class UndoGuard implements Guard {
  private readonly made: Change[] = [];
  private readonly machine: FakeMachine;
  private readonly rig: FaultRig;

  constructor(machine: FakeMachine, rig: FaultRig) {
    this.machine = machine;
    this.rig = rig;
  }

  async apply(_fault: string, change: Change): Promise<void> {
    this.made.push(change);
    await change.apply();
  }

  async revert(): Promise<void> {
    for (const { undo } of this.made.splice(0).toReversed()) {
      if (undo?.kind === "power") await this.rig.power[undo.action](undo.node);
      if (undo?.kind !== "node") continue;
      if (undo.undo.kind === "exec") await this.machine.handle.exec(undo.undo.argv);
      else await this.machine.handle.resumeService(undo.undo.service);
    }
  }
}

/** Builds a fault for the machine, injects it, heals it and gives its receipt. */
export async function tryFault(
  definition: FaultDefinition,
  params: object,
  machine: FakeMachine,
  rig = machine.rig(),
): Promise<Receipt> {
  const fault = await definition.build(
    definition.parameters.parse(params),
    { kind: "nodes", nodes: [machine.handle] },
    {
      name: definition.name,
      phase: "fault",
      rig,
      guard: new UndoGuard(machine, rig),
      links: undefined as never,
      seed: 1,
      unprobed: [],
      functionUrl: () => "",
    },
  );
  await fault.inject();
  await fault.heal();
  return fault.verify();
}
