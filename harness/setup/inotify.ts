import { readdirSync, readFileSync, readlinkSync } from "node:fs";

import type { Need } from "../toolchain/doctor.ts";

const LIMIT_FILE = "/proc/sys/fs/inotify/max_user_instances";
/** What a rig of three nodes was seen to open (kubelets, containerds, kube-proxies), with some room. */
export const INSTANCES_PER_RIG = 30;

const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    // Gone meanwhile, or somebody else's.
    return [];
  }
};

const isInstance = (path: string): boolean => {
  try {
    return readlinkSync(path) === "anon_inode:inotify";
  } catch {
    return false;
  }
};

/** Inotify instances that the processes of /proc hold, as far as this user may look. */
const instancesInUse = (): number =>
  listed("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => listed(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`))
    .filter(isInstance).length;

/** Whether one more rig fits: past the kernel's limit a kubelet ends with "too many open files". */
export const inotifyNeed = (limit: number, used: number): Need => {
  const name = "inotify instances";
  const detail = `${used} of ${limit} in use, a rig takes about ${INSTANCES_PER_RIG}`;
  if (limit - used >= INSTANCES_PER_RIG) return { name, state: "ok", detail };
  const fix = `take a rig down, or raise the limit: sysctl fs.inotify.max_user_instances=${Math.max(512, 2 * limit)}`;
  return { name, state: "missing", detail, fix };
};

/** Undefined where the kernel has no such limit, such as where Docker runs in a machine of its own. */
export const readInotifyNeed = (): Need | undefined => {
  try {
    return inotifyNeed(Number(readFileSync(LIMIT_FILE, "utf8")), instancesInUse());
  } catch {
    return undefined;
  }
};
