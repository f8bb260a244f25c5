import { chmod, copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { runTool } from "./run-tool.ts";

export interface KeysDisk {
  /** Raw, read-only. */
  disk: string;
  /** Private key that the machines let in. */
  key: string;
  /** The machines' own public key, as in a known_hosts file after the address. */
  hostKey: string;
}

const makeKey = (path: string, signal: AbortSignal): Promise<void> =>
  runTool(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "edgeproof-vm", "-f", path], signal);

/** A small disk with the keys of this run, which the machines' sshd reads. */
export async function makeKeysDisk(folder: string, signal: AbortSignal): Promise<KeysDisk> {
  const root = join(folder, "keys");
  const key = join(folder, "key");
  await mkdir(join(root, "ssh"), { recursive: true });
  await makeKey(key, signal);
  await makeKey(join(root, "ssh/host_key"), signal);
  await copyFile(`${key}.pub`, join(root, "ssh/authorized_keys"));
  // sshd reads it as the user who logs in.
  await chmod(join(root, "ssh/authorized_keys"), 0o644);
  const disk = join(folder, "keys.img");
  const own = ["-E", "root_owner=0:0", "-L", "payload"];
  await runTool(["mke2fs", "-q", "-t", "ext4", ...own, "-d", root, disk, "8M"], signal);
  const [type = "", text = ""] = (await readFile(join(root, "ssh/host_key.pub"), "utf8")).split(" ");
  await rm(root, { recursive: true });
  return { disk, key, hostKey: `${type} ${text}` };
}
