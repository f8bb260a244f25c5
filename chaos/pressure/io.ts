import { existsSync, readFileSync, writeFileSync } from "node:fs";

import {
  type IoLimit,
  type LimitFile,
  ioTree,
  limitFiles,
  limitInForce,
  limitedCgroups,
} from "./io-limits.ts";
import { forgetState, keepState, keptState } from "./kept-state.ts";
import { findMount } from "./mounts.ts";

export interface IoSpec extends IoLimit {
  path: string;
  /** The root that this machine sees is a cgroup of its own, as in a container. */
  ownRoot: boolean;
}

/** `MAJ:MIN` of the whole disk below a path: cgroups limit disks, not partitions. Throws where there is none. */
function diskOf(path: string): string {
  const { device, type, path: mount } = findMount(path);
  const sys = `/sys/dev/block/${device}`;
  if (device.startsWith("0:") || !existsSync(sys))
    throw new Error(
      `${path} (${type} on ${mount}) lies on no block device of its own: its speed cannot be limited`,
    );
  if (!existsSync(`${sys}/partition`)) return device;
  return readFileSync(`${sys}/../dev`, "utf8").trim();
}

/** The disk below a path, if its speed can be limited and nobody does so yet. */
export function limitableDisk(
  path: string,
  ownRoot: boolean,
): { device: string; version: 1 | 2; cgroups: string[] } {
  const tree = ioTree();
  if (!tree) throw new Error("no cgroup tree of this machine limits block devices");
  const device = diskOf(path);
  const cgroups = limitedCgroups(tree, ownRoot);
  if (cgroups.length === 0) throw new Error(`${tree.folder} has no cgroup that could be limited`);
  const any = { bytesPerSecond: 1, operationsPerSecond: 1 };
  for (const { file } of cgroups.flatMap((cgroup) => limitFiles(tree.version, cgroup, device, any))) {
    const foreign = limitInForce(readFileSync(file, "utf8"), device);
    if (foreign !== undefined) throw new Error(`${file} holds a limit that is not edgeproof's: ${foreign}`);
  }
  return { device, version: tree.version, cgroups };
}

/** Limits what the processes of this machine read and write on the disk below a path. */
export function slowIo(name: string, { path, ownRoot, ...limit }: IoSpec): void {
  const { device, version, cgroups } = limitableDisk(path, ownRoot);
  const files = cgroups.flatMap((cgroup) => limitFiles(version, cgroup, device, limit));
  keepState(name, { files });
  for (const { file, set } of files) writeFileSync(file, set);
}

/** Nothing where nothing was limited under this name. */
export function restoreIo(name: string): void {
  const kept = keptState(name) as { files: LimitFile[] } | undefined;
  for (const { file, clear } of kept?.files ?? []) if (existsSync(file)) writeFileSync(file, clear);
  forgetState(name);
}
