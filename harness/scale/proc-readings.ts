import { parseProcStat } from "../proc-stat.ts";

/** What one machine's processes and interfaces had used up to one moment. */
export interface MachineReading {
  /** By the service's name. */
  processes: ReadonlyMap<string, ProcessReading>;
  /** By the interface's name, bytes. */
  interfaces: ReadonlyMap<string, { received: number; sent: number }>;
}

export interface ProcessReading {
  pid: number;
  cpuSeconds: number;
  rssBytes: number;
}

/** `sysconf(_SC_CLK_TCK)`: 100 on every architecture that Linux still has but alpha. */
const TICKS_PER_SECOND = 100;

/** Files of a machine's /proc that are read for these processes. */
export const procFiles = (pids: readonly number[]): string[] => [
  "/proc/net/dev",
  ...pids.flatMap((pid) => [`/proc/${pid}/stat`, `/proc/${pid}/status`]),
];

/** `tail -n +1 FILES...` puts `==> FILE <==` before each. */
function sections(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of text.split(/^(?===> .+ <==$)/m)) {
    const [, name] = /^==> (.+) <==\n/.exec(part) ?? [];
    if (name !== undefined) found.set(name, part.slice(part.indexOf("\n") + 1));
  }
  return found;
}

/** User and system time. */
function cpuSecondsOf(stat: string): number | undefined {
  const { field } = parseProcStat(stat);
  const ticks = Number(field(14)) + Number(field(15));
  return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : undefined;
}

function interfacesOf(text: string): Map<string, { received: number; sent: number }> {
  const found = new Map<string, { received: number; sent: number }>();
  for (const line of text.split("\n")) {
    const [, name, rest] = /^\s*([^\s:]+):\s*(.+)$/.exec(line) ?? [];
    const fields = rest?.trim().split(/\s+/).map(Number);
    if (name !== undefined && fields) found.set(name, { received: fields[0]!, sent: fields[8]! });
  }
  return found;
}

/** Reads what `tail -n +1` printed of `procFiles`. A process that ended meanwhile is left out. */
export function parseMachine(text: string, pids: ReadonlyMap<string, number>): MachineReading {
  const files = sections(text);
  const processes = new Map<string, ProcessReading>();
  for (const [name, pid] of pids) {
    const cpuSeconds = cpuSecondsOf(files.get(`/proc/${pid}/stat`) ?? "");
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(files.get(`/proc/${pid}/status`) ?? "")?.[1];
    if (cpuSeconds !== undefined && kib !== undefined)
      processes.set(name, { pid, cpuSeconds, rssBytes: Number(kib) * 1024 });
  }
  return { processes, interfaces: interfacesOf(files.get("/proc/net/dev") ?? "") };
}
