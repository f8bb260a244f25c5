import { readFileSync, realpathSync } from "node:fs";

/** A mount of this machine, of /proc/self/mountinfo (proc(5)). */
export interface MountPoint {
  path: string;
  type: string;
  /** `MAJ:MIN` of what st_dev says of its files. */
  device: string;
  /** The directory of the file system that is seen there: `/` unless only a part of it was bound. */
  root: string;
}

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

export function parseMounts(mountinfo: string): MountPoint[] {
  return mountinfo.split("\n").flatMap((line) => {
    const [left, right] = line.split(" - ");
    const [, , device, root, path] = (left ?? "").split(" ");
    const type = right?.split(" ")[0];
    if (!device || !root || !path || !type) return [];
    return [{ path: unescape(path), type, device, root: unescape(root) }];
  });
}

/** The mount that a path lies on: the deepest one above it, and of several there the last. */
export function mountOf(path: string, mounts: readonly MountPoint[]): MountPoint | undefined {
  const above = mounts.filter(
    (mount) => mount.path === "/" || path === mount.path || path.startsWith(`${mount.path}/`),
  );
  const deepest = Math.max(...above.map((mount) => mount.path.length));
  return above.findLast((mount) => mount.path.length === deepest);
}

/** @throws where the path does not exist. */
export function findMount(path: string): MountPoint {
  const found = mountOf(realpathSync(path), parseMounts(readFileSync("/proc/self/mountinfo", "utf8")));
  if (!found) throw new Error(`${path} lies on no mount`);
  return found;
}
