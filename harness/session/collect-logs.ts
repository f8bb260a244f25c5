import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { NodeHandle } from "../rig/node-handle.ts";

const LOG_FOLDER = "/var/log/edgeproof";

/** Copies every service's log of every machine to `folder(machine)`. What cannot be read is left out. */
export async function collectLogs(
  nodes: Iterable<NodeHandle>,
  folder: (node: string) => string,
): Promise<void> {
  const collect = async (node: NodeHandle): Promise<void> => {
    const { stdout } = await node.exec(["ls", LOG_FOLDER], { timeoutMs: 10_000 });
    const target = folder(node.name);
    await mkdir(target, { recursive: true });
    for (const name of stdout.split("\n").filter(Boolean))
      await writeFile(join(target, name), await node.readFile(`${LOG_FOLDER}/${name}`));
  };
  await Promise.allSettled([...nodes].map(collect));
}
