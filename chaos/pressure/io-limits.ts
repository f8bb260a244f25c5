import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Limits of one block device within one cgroup; what is undefined is not limited. */
export interface IoLimit {
  bytesPerSecond?: number;
  operationsPerSecond?: number;
}

/** One file of a cgroup, with what is written to it to set limits and to take them away. */
export interface LimitFile {
  file: string;
  set: string;
  clear: string;
}

/** Where cgroups are mounted, and whether it is v2's tree or v1's `blkio`; undefined where neither limits devices. */
export function ioTree(root = "/sys/fs/cgroup"): { version: 1 | 2; folder: string } | undefined {
  if (existsSync(`${root}/cgroup.controllers`)) {
    const given = readFileSync(`${root}/cgroup.subtree_control`, "utf8").trim().split(/\s+/);
    return given.includes("io") ? { version: 2, folder: root } : undefined;
  }
  const folder = `${root}/blkio`;
  return existsSync(`${folder}/blkio.throttle.write_bps_device`) ? { version: 1, folder } : undefined;
}

const children = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));

const withDescendants = (folder: string): string[] => [folder, ...children(folder).flatMap(withDescendants)];

/**
 * The cgroups to limit. v2's limits hold for everything below a cgroup, and a container may not limit its own root:
 * the root's children. v1 limits each cgroup by itself: all of them, and the root where it is only this machine's.
 */
export function limitedCgroups(
  { version, folder }: { version: 1 | 2; folder: string },
  ownRoot: boolean,
): string[] {
  if (version === 2) return children(folder).filter((child) => existsSync(`${child}/io.max`));
  const below = children(folder).flatMap(withDescendants);
  return ownRoot ? [folder, ...below] : below;
}

export function limitFiles(version: 1 | 2, cgroup: string, device: string, limit: IoLimit): LimitFile[] {
  const { bytesPerSecond, operationsPerSecond } = limit;
  if (version === 2) {
    const settings = [
      ...(bytesPerSecond === undefined
        ? []
        : ([
            ["rbps", bytesPerSecond],
            ["wbps", bytesPerSecond],
          ] as const)),
      ...(operationsPerSecond === undefined
        ? []
        : ([
            ["riops", operationsPerSecond],
            ["wiops", operationsPerSecond],
          ] as const)),
    ];
    if (settings.length === 0) return [];
    const file = `${cgroup}/io.max`;
    const text = (value: (set: number) => number | string): string =>
      [device, ...settings.map(([key, set]) => `${key}=${value(set)}`)].join(" ");
    return [{ file, set: text((set) => set), clear: text(() => "max") }];
  }
  const each = (what: "bps" | "iops", value: number | undefined): LimitFile[] =>
    value === undefined
      ? []
      : ["read", "write"].map((way) => ({
          file: `${cgroup}/blkio.throttle.${way}_${what}_device`,
          set: `${device} ${value}`,
          clear: `${device} 0`,
        }));
  return [...each("bps", bytesPerSecond), ...each("iops", operationsPerSecond)];
}

/** What limits the device there already, as the kernel prints it; undefined if nothing does. */
export const limitInForce = (printed: string, device: string): string | undefined =>
  printed
    .split("\n")
    .find((line) => line.startsWith(`${device} `) && /[ =]\d+/.test(line.slice(device.length)));
