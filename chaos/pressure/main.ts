import { restoreClock, skewClock } from "./clock.ts";
import { burnCpu } from "./cpu.ts";
import { type DiskSpec, fillDisk, freeDisk } from "./disk.ts";
import { type IoSpec, restoreIo, slowIo } from "./io.ts";
import { holdMemory } from "./memory.ts";
import { READY, start, stop } from "./own-process.ts";
import { readProcess } from "./proc.ts";
import { uncordon } from "./uncordon.ts";

const PARENT_CHECK_MS = 500;

export type LoadSpec = { kind: "cpu"; workers: number; load: number } | { kind: "memory"; bytes: number };

/** A load must not outlive the agent that was asked for it. */
function endWithAgent(): void {
  const parent = Number(process.env.EDGEPROOF_PRESSURE_PARENT);
  const born = readProcess(parent)?.startTicks;
  setInterval(() => {
    if (born === undefined || readProcess(parent)?.startTicks !== born) process.exit(0);
  }, PARENT_CHECK_MS);
}

function run(spec: LoadSpec): void {
  endWithAgent();
  if (spec.kind === "cpu") burnCpu(spec.workers, spec.load);
  else holdMemory(spec.bytes);
  process.stdout.write(`${READY}\n`);
}

/** What each command does; NAME is the fault's, SPEC is JSON. All that put something back may run any number of times. */
const COMMANDS: Record<string, (name: string, spec: string) => unknown> = {
  start,
  stop,
  run: (_, spec) => run(JSON.parse(spec) as LoadSpec),
  "disk-fill": (name, spec) => fillDisk(name, JSON.parse(spec) as DiskSpec),
  "disk-free": freeDisk,
  "io-slow": (name, spec) => slowIo(name, JSON.parse(spec) as IoSpec),
  "io-restore": restoreIo,
  "clock-skew": (name, spec) => skewClock(name, Number(spec)),
  "clock-restore": (name) => restoreClock(name),
  uncordon,
};

const [command = "", name = "", spec = ""] = process.argv.slice(2);
const chosen = COMMANDS[command];
if (!chosen || !name) {
  process.stderr.write(`usage: pressure ${Object.keys(COMMANDS).join("|")} NAME [SPEC]\n`);
  process.exitCode = 64;
} else {
  try {
    await chosen(name, spec);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    // What was begun before it failed must not go on.
    process.exit(1);
  }
}
