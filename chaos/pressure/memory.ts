import { readFileSync, writeFileSync } from "node:fs";
import { setInterval as every } from "node:timers";

import { kilobyteLine } from "./proc.ts";

/** Of what is available, at most this may be held: the rest keeps the machine's own services alive. */
const MOST_OF_AVAILABLE = 0.9;
const CHUNK_BYTES = 64 * 1024 ** 2;
const PAGE_BYTES = 4096;
const TOUCH_INTERVAL_MS = 2_000;

const numberIn = (path: string): number | undefined => {
  try {
    const value = Number(readFileSync(path, "utf8"));
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const statLine = (path: string, key: string): number => {
  try {
    return Number(new RegExp(`^${key} (\\d+)$`, "m").exec(readFileSync(path, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
};

/** What the machine's own limit leaves, cgroup v2 or v1; infinite where it has none. */
function cgroupHeadroom(root: string): number {
  const v2 = numberIn(`${root}/memory.max`);
  const v1 = numberIn(`${root}/memory/memory.limit_in_bytes`);
  const [limit, used, cache] =
    v2 !== undefined
      ? [v2, numberIn(`${root}/memory.current`), statLine(`${root}/memory.stat`, "inactive_file")]
      : [
          v1,
          numberIn(`${root}/memory/memory.usage_in_bytes`),
          statLine(`${root}/memory/memory.stat`, "total_inactive_file"),
        ];
  return limit === undefined || used === undefined ? Infinity : limit - used + cache;
}

/** Bytes that processes of this machine can still get without swapping: the kernel's estimate, within its cgroup. */
export function availableBytes(meminfo = "/proc/meminfo", cgroups = "/sys/fs/cgroup"): number {
  const host = kilobyteLine(readFileSync(meminfo, "utf8"), "MemAvailable") ?? 0;
  return Math.max(0, Math.min(host, cgroupHeadroom(cgroups)));
}

/** Takes memory and keeps it resident. If the machine runs out in spite of the limit, this process dies first. */
export function holdMemory(bytes: number): void {
  const available = availableBytes();
  if (bytes > MOST_OF_AVAILABLE * available)
    throw new Error(
      `${bytes} bytes are more than ${MOST_OF_AVAILABLE * 100} % of the ${available} available`,
    );
  writeFileSync("/proc/self/oom_score_adj", "1000");
  const chunks: Buffer[] = [];
  for (let left = bytes; left > 0; left -= CHUNK_BYTES)
    chunks.push(Buffer.alloc(Math.min(left, CHUNK_BYTES), 1));
  every(() => {
    for (const chunk of chunks) for (let at = 0; at < chunk.length; at += PAGE_BYTES) chunk[at]! ^= 1;
  }, TOUCH_INTERVAL_MS);
}
