import { execFileSync } from "node:child_process";
import { rmSync, statfsSync } from "node:fs";

import { forgetState, keepState, keptState } from "./kept-state.ts";
import { type MountPoint, findMount } from "./mounts.ts";

export interface DiskSpec {
  path: string;
  /** Either: how much stays free, or how much is taken. */
  leaveBytes?: number;
  takeBytes?: number;
}

type Kept = { kind: "cap"; mount: string; sizeBytes: number } | { kind: "ballast"; file: string };

/** Free for root's processes, as kubelet and containerd are: file systems keep a reserve from others. */
export function freeBytes(path: string): number {
  const { bsize, bfree } = statfsSync(path);
  return bsize * bfree;
}

const ballastOf = (name: string, { path }: MountPoint): string =>
  `${path === "/" ? "" : path}/.edgeproof-ballast-${encodeURIComponent(name)}`;

const remount = (mount: string, sizeBytes: number): void =>
  void execFileSync("mount", ["-o", `remount,size=${sizeBytes}`, mount], {
    stdio: ["ignore", "ignore", "pipe"],
  });

/**
 * Leaves less room on a file system. One in memory gets a smaller cap, so that it takes no memory; another one a file of
 * allocated blocks.
 */
export function fillDisk(name: string, { path, leaveBytes, takeBytes }: DiskSpec): void {
  const mount = findMount(path);
  const free = freeBytes(mount.path);
  const take = takeBytes ?? free - (leaveBytes ?? 0);
  if (take < 0 || take > free)
    throw new Error(`${mount.path} has ${free} bytes free: ${leaveBytes ?? takeBytes} cannot be had`);
  const { bsize, blocks } = statfsSync(mount.path);
  if (mount.type === "tmpfs") {
    if (blocks === 0) throw new Error(`${mount.path} has no size: there is no room that could run out`);
    keepState(name, { kind: "cap", mount: mount.path, sizeBytes: bsize * blocks } satisfies Kept);
    if (take > 0) remount(mount.path, bsize * Math.ceil((bsize * blocks - take) / bsize));
    return;
  }
  const file = ballastOf(name, mount);
  keepState(name, { kind: "ballast", file } satisfies Kept);
  if (take === 0) return;
  execFileSync("fallocate", ["--length", String(Math.floor(take)), file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Nothing where nothing was filled under this name. */
export function freeDisk(name: string): void {
  const kept = keptState(name) as Kept | undefined;
  if (kept?.kind === "cap") remount(kept.mount, kept.sizeBytes);
  if (kept?.kind === "ballast") rmSync(kept.file, { force: true });
  forgetState(name);
}
