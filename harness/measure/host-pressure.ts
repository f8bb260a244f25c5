import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import type { HostPressure } from "../record/model.ts";
import { foreignTicks, ownRoots, type ProcessTable, readProcesses } from "./foreign-cpu.ts";

/** Cumulated CPU time since the host's start, in any one unit, and PSI's stall time. */
export interface CpuCounters {
  total: number;
  idle: number;
  steal: number;
  /** Microseconds in which at least one task waited for a CPU; undefined where the kernel has no PSI. */
  stalledUs: number | undefined;
  /** Milliseconds, monotonic. */
  at: number;
}

/** The first line of /proc/stat: user nice system idle iowait irq softirq steal guest guest_nice (man 5 proc_stat). */
export const parseStat = (text: string): Pick<CpuCounters, "total" | "idle" | "steal"> | undefined => {
  const fields = /^cpu +(.+)$/m.exec(text)?.[1]?.trim().split(/\s+/).map(Number);
  if (!fields || fields.length < 4 || fields.some(Number.isNaN)) return undefined;
  const [user, nice, system, idle, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields as [
    number,
    number,
    number,
    number,
    ...number[],
  ];
  // Guest time is in user time already.
  const total = user + nice + system + idle + iowait + irq + softirq + steal;
  return { total, idle: idle + iowait, steal };
};

/** `some ... total=N` of /proc/pressure/cpu, microseconds (https://docs.kernel.org/accounting/psi.html). */
export const parsePressure = (text: string): number | undefined => {
  const total = /^some .*total=(\d+)/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total);
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not Linux, or a kernel without PSI (or with psi=0, where reading fails).
    return "";
  }
};

const fromNode = (): Pick<CpuCounters, "total" | "idle" | "steal"> =>
  cpus().reduce(
    (sum, { times }) => ({
      total: sum.total + times.user + times.nice + times.sys + times.irq + times.idle,
      idle: sum.idle + times.idle,
      steal: 0,
    }),
    { total: 0, idle: 0, steal: 0 },
  );

/** Reads the host's counters; from Node where there is no /proc, as on macOS. */
export const readCounters = (proc = "/proc"): CpuCounters => ({
  ...(parseStat(textOf(`${proc}/stat`)) ?? fromNode()),
  stalledUs: parsePressure(textOf(`${proc}/pressure/cpu`)),
  at: performance.now(),
});

const share = (part: number, whole: number): number =>
  whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));

/** Pressure between two readings. */
export const pressureBetween = (
  phase: string,
  before: CpuCounters,
  after: CpuCounters,
  cores: number,
): HostPressure => {
  const total = after.total - before.total;
  const pressure: HostPressure = {
    phase,
    cores,
    cpuBusy: share(total - (after.idle - before.idle), total),
    cpuSteal: share(after.steal - before.steal, total),
  };
  if (before.stalledUs !== undefined && after.stalledUs !== undefined) {
    pressure.psiCpuSome = share((after.stalledUs - before.stalledUs) / 1000, after.at - before.at);
  }
  return pressure;
};

/** Share of all CPU time that other processes took; undefined where the host does not tell processes apart. */
function foreignShare(
  before: { counters: CpuCounters; processes: ProcessTable | undefined },
  after: typeof before,
  proc: string,
): number | undefined {
  const total = after.counters.total - before.counters.total;
  if (!before.processes || !after.processes || total <= 0) return undefined;
  const roots = ownRoots(after.processes, process.pid, proc);
  return share(foreignTicks(before.processes, after.processes, roots), total);
}

/** Measures the host from now on; `stop` gives the shares over the whole time since then. */
export const startHostPressure = (phase: string, proc = "/proc"): { stop(): HostPressure } => {
  const read = () => ({ processes: readProcesses(proc), counters: readCounters(proc) });
  const before = read();
  return {
    stop() {
      const after = read();
      const cpuForeign = foreignShare(before, after, proc);
      const pressure = pressureBetween(phase, before.counters, after.counters, cpus().length);
      return { ...pressure, ...(cpuForeign === undefined ? {} : { cpuForeign }) };
    },
  };
};
