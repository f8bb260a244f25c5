import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../../harness/toolchain/process-lock.ts";

const PREFIX = "edgeproof-vm-";

/** A folder of this process for keys and disks, readable by nobody else; those of killed runs are removed. */
export async function makeWorkFolder(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = /^edgeproof-vm-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}
