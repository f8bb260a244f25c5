import { readdirSync, readFileSync } from "node:fs";

import { parseProcStat } from "../proc-stat.ts";

interface ProcessCpu {
  ppid: number;
  /** Name of the program, at most 15 characters. */
  name: string;
  /** Clock ticks from boot to its start: tells it from an earlier one of the same id. */
  started: number;
  /** Clock ticks of CPU so far, and those of its children that it waited for. */
  own: number;
  waited: number;
}

/** All processes of the host, by their ids. */
export type ProcessTable = ReadonlyMap<number, ProcessCpu>;

/** Fields 4, 14 to 17 and 22 of proc_pid_stat(5). */
export function parseProcess(stat: string): ProcessCpu | undefined {
  const { name, field } = parseProcStat(stat);
  const at = (number: number): number => Number(field(number));
  if (field(22) === undefined) return undefined;
  return {
    ...{ ppid: at(4), name, started: at(22) },
    own: at(14) + at(15),
    waited: at(16) + at(17),
  };
}

/** Undefined where there is no /proc. */
export function readProcesses(proc = "/proc"): ProcessTable | undefined {
  const table = new Map<number, ProcessCpu>();
  let ids: string[];
  try {
    ids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  for (const id of ids) {
    try {
      const process = parseProcess(readFileSync(`${proc}/${id}/stat`, "utf8"));
      if (process) table.set(Number(id), process);
    } catch {
      // It ended meanwhile.
    }
  }
  return table.size === 0 ? undefined : table;
}

const KTHREADD = 2;
const INIT = 1;

/** Programs of the container engine; what they do meanwhile, they do for the rig. */
const ENGINE = new Set(["dockerd", "containerd", "docker-proxy"]);

/**
 * Where trees begin that are no other work: this process, kernel threads, the container engine, and the shims of the rig's
 * machines, whose first process is a tini that starts edgeproof's agent.
 */
export function ownRoots(table: ProcessTable, self: number, proc = "/proc"): Set<number> {
  const roots = new Set([self, KTHREADD]);
  for (const [id, { name, ppid }] of table) {
    if (ENGINE.has(name)) roots.add(id);
    if (name !== "tini") continue;
    try {
      if (readFileSync(`${proc}/${id}/cmdline`, "utf8").includes("/agent.mjs\0serve")) roots.add(ppid);
    } catch {
      // It ended meanwhile.
    }
  }
  // Without an engine between, a machine's parent may be init, of which everything is a child.
  roots.delete(INIT);
  roots.delete(0);
  return roots;
}

/** Clock ticks between two readings of processes outside of these trees; children that ended count as their parents do. */
export function foreignTicks(before: ProcessTable, after: ProcessTable, roots: ReadonlySet<number>): number {
  const isOwn = (id: number, table: ProcessTable): boolean => {
    for (let at = id, steps = 0; at > INIT && steps < 100; steps++) {
      if (roots.has(at)) return true;
      at = table.get(at)?.ppid ?? 0;
    }
    return false;
  };
  let ticks = 0;
  for (const [id, { own, waited, started }] of after) {
    if (isOwn(id, after)) continue;
    const earlier = before.get(id);
    const known = earlier?.started === started ? earlier : { own: 0, waited: 0 };
    ticks += own - known.own;
    // Init waits for whatever lost its parent, processes of the rig too.
    if (id !== INIT) ticks += waited - known.waited;
  }
  for (const [id, { own, waited, ppid }] of before) {
    // What had run before the first reading is in what its parent has waited for.
    if (!after.has(id) && ppid > INIT && after.has(ppid) && !isOwn(id, before)) ticks -= own + waited;
  }
  return Math.max(0, ticks);
}
