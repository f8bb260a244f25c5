import type { NodeHandle } from "../../../harness/rig/node-handle.ts";

export interface BootMark {
  /** Of the kernel: containers have their host's. */
  bootId: string;
  /** When the machine's first process started, ticks since the kernel booted. */
  initStart: string;
}

/** What is another one after a machine was off. */
export async function readBootMark(node: NodeHandle): Promise<BootMark> {
  const [bootId, stat] = await Promise.all([
    node.readFile("/proc/sys/kernel/random/boot_id"),
    node.readFile("/proc/1/stat"),
  ]);
  const text = stat.toString("utf8");
  // Field 22 of proc(5), counted from the end of the name, which may hold anything.
  const initStart = text.slice(text.lastIndexOf(")") + 2).split(" ")[22 - 3] ?? "";
  return { bootId: bootId.toString("utf8").trim(), initStart };
}

export const sameBoot = (a: BootMark, b: BootMark): boolean =>
  a.bootId === b.bootId && a.initStart === b.initStart;
