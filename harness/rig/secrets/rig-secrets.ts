import { readFile, readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";

import type { NodeHandle } from "../node-handle.ts";
import { type Secret, secretsIn } from "./secret.ts";

/** Where rigs keep keys, kubeconfigs and tokens on a machine. */
const NODE_FOLDERS = ["/etc/edgeproof", "/var/lib/rancher/k3s/server", "/var/lib/rancher/k3s/agent"];
const LARGEST_KEY_FILE = "64k";
const LIMIT_MS = 10_000;

export interface SecretFile {
  /** Absolute path, on a machine with its name before it. */
  where: string;
  /** Permission bits. */
  mode: number;
  secrets: Secret[];
}

/** The files of a rig's folder on this machine that hold secrets. */
export async function folderSecrets(folder: string): Promise<SecretFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (where): Promise<SecretFile> => {
    const secrets = secretsIn(relative(folder, where), await readFile(where, "utf8"));
    return { where, mode: (await stat(where)).mode & 0o777, secrets };
  });
  return (await Promise.all(read)).filter(({ secrets }) => secrets.length > 0);
}

/** The files of one machine of the rig that hold secrets. @throws EdgeproofError where it cannot be asked */
export async function machineSecrets(
  node: Pick<NodeHandle, "name" | "exec" | "readFile">,
): Promise<SecretFile[]> {
  // Folders of an engine that does not run are not there, of which find complains.
  const { stdout } = await node.exec(
    ["find", ...NODE_FOLDERS, "-type", "f", "-size", `-${LARGEST_KEY_FILE}`, "-printf", "%m %p\\n"],
    { allowFailure: true, timeoutMs: LIMIT_MS },
  );
  const files = stdout.split("\n").flatMap((line) => {
    const [, mode, path] = /^(\d+) (.+)$/.exec(line) ?? [];
    return mode !== undefined && path !== undefined ? [{ mode: parseInt(mode, 8), path }] : [];
  });
  const read = files.map(async ({ mode, path }): Promise<SecretFile> => {
    const where = `${node.name}:${path}`;
    return { where, mode, secrets: secretsIn(where, (await node.readFile(path)).toString("utf8")) };
  });
  return (await Promise.all(read)).filter(({ secrets }) => secrets.length > 0);
}

export interface RigSecrets {
  secrets: Secret[];
  /** Machines that could not be asked. */
  unread: string[];
}

/** Every secret of a rig: of its folder here, and of what lies on its machines alone, such as the cluster's own keys. */
export async function rigSecrets(
  folder: string,
  machines: readonly Pick<NodeHandle, "name" | "exec" | "readFile">[],
): Promise<RigSecrets> {
  const [here, asked] = await Promise.all([
    folderSecrets(folder),
    Promise.allSettled(machines.map(machineSecrets)),
  ]);
  const there = asked.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  const unread = machines.filter((_, index) => asked[index]?.status === "rejected").map(({ name }) => name);
  return { secrets: [...here, ...there].flatMap(({ secrets }) => secrets), unread };
}
