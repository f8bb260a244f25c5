import { readFileSync, readdirSync } from "node:fs";

/** One process as /proc tells of it. */
export interface ProcessFacts {
  pid: number;
  /** Clock ticks since boot: with the pid it names one process for ever. */
  startTicks: number;
  /** CPU time of all its threads, ms. */
  cpuMs: number;
  /** Z and X are dead. */
  state: string;
  argv: string[];
}

/** USER_HZ: 100 on every architecture that Node runs on. */
const TICK_MS = 10;

/** Undefined where there is no such process. */
export function readProcess(pid: number, proc = "/proc"): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`${proc}/${pid}/stat`, "utf8");
    // The name stands in parentheses and may hold anything: fields are counted from the last one. proc(5) has them.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const argv = readFileSync(`${proc}/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
    const number = (index: number): number => Number(fields[index - 3]);
    return {
      pid,
      startTicks: number(22),
      cpuMs: (number(14) + number(15)) * TICK_MS,
      state: fields[0] ?? "",
      argv,
    };
  } catch {
    return undefined;
  }
}

export function* allProcesses(proc = "/proc"): Generator<ProcessFacts> {
  for (const name of readdirSync(proc)) {
    if (!/^\d+$/.test(name)) continue;
    const found = readProcess(Number(name), proc);
    if (found && !/[ZX]/.test(found.state)) yield found;
  }
}

/** ms that the threads of a process have stood ready without a CPU; 0 where the kernel does not count it. */
export function waitedMs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[1]) / 1e6)
      .reduce((sum, ms) => sum + ms, 0);
  } catch {
    return 0;
  }
}

/** Bytes of a line such as `RssAnon:  1024 kB` of /proc/PID/status or /proc/meminfo; undefined if there is none. */
export function kilobyteLine(text: string, key: string): number | undefined {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}
