import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";

import { freeBytes } from "./disk.ts";
import { availableBytes } from "./memory.ts";
import { findMount } from "./mounts.ts";
import { isLoad } from "./own-process.ts";
import { allProcesses, kilobyteLine, waitedMs } from "./proc.ts";

export interface LoadReading {
  /** Monotonic, ms. */
  at: number;
  processes: number;
  cpuMs: number;
  /** Ready to run, without a CPU. */
  waitedMs: number;
  /** Resident memory that is no file's. */
  anonymousBytes: number;
}

export interface ResourceReading {
  /** CPUs' worth of time that this machine may use. */
  cores: number;
  availableBytes: number;
}

export interface DiskReading {
  freeBytes: number;
  totalBytes: number;
  mount: string;
  type: string;
}

/** What the processes of a load use, found by their arguments and not by what started them. */
export function readLoad(name: string): LoadReading {
  const found = [...allProcesses()].filter(({ argv }) => isLoad(argv, name));
  const anonymous = (pid: number): number => {
    try {
      return kilobyteLine(readFileSync(`/proc/${pid}/status`, "utf8"), "RssAnon") ?? 0;
    } catch {
      return 0;
    }
  };
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    at: Number(process.hrtime.bigint()) / 1e6,
    processes: found.length,
    cpuMs: sum(found.map(({ cpuMs }) => cpuMs)),
    waitedMs: sum(found.map(({ pid }) => waitedMs(pid))),
    anonymousBytes: sum(found.map(({ pid }) => anonymous(pid))),
  };
}

/** CPUs' worth of time that the machine's cgroup grants, v2 or v1; infinite where it has no limit. */
function grantedCpus(): number {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(`/sys/fs/cgroup/${path}`, "utf8").trim();
    } catch {
      return undefined;
    }
  };
  const [quota, period] = read("cpu.max")?.split(" ") ?? [
    read("cpu/cpu.cfs_quota_us"),
    read("cpu/cpu.cfs_period_us"),
  ];
  const granted = Number(quota) / Number(period);
  return granted > 0 ? granted : Infinity;
}

export const readResources = (): ResourceReading => ({
  cores: Math.min(availableParallelism(), grantedCpus()),
  availableBytes: availableBytes(),
});

export function readDisk(path: string): DiskReading {
  const { path: mount, type } = findMount(path);
  const { bsize, blocks } = statfsSync(mount);
  return { freeBytes: freeBytes(mount), totalBytes: bsize * blocks, mount, type };
}

/** ms that each of `count` writes of `bytes` takes until it is on the disk (O_DSYNC). */
export function timeWrites(path: string, bytes: number, count: number): number[] {
  const file = `${realpathSync(path)}/.edgeproof-probe-${process.pid}`;
  const data = Buffer.alloc(bytes, 0x5a);
  const fd = openSync(file, constants.O_CREAT | constants.O_WRONLY | constants.O_DSYNC, 0o600);
  try {
    // The first write also allocates the file's blocks.
    writeSync(fd, data, 0, bytes, 0);
    return Array.from({ length: count }, () => {
      const begin = performance.now();
      writeSync(fd, data, 0, bytes, 0);
      return performance.now() - begin;
    });
  } finally {
    closeSync(fd);
    rmSync(file, { force: true });
  }
}

/** How many processes run a program whose file name matches; some write more than the name in its place. */
export const countProgram = (pattern: string): number =>
  [...allProcesses()].filter(({ argv }) =>
    new RegExp(pattern).test(basename((argv[0] ?? "").split(" ")[0] ?? "")),
  ).length;
