import { rmdirSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import type { Privileges } from "./driver/container/privileges.ts";
import type { NodeRole } from "./node-handle.ts";

export interface MachineState {
  name: string;
  role: NodeRole;
  site: string;
  deviceClass: string;
  underlay: string;
  overlay?: string;
}

/** What later commands need to find a rig again; keys and kubeconfig lie beside it in the same folder. */
export interface RigState {
  schema: 1;
  rig: string;
  topologyFile: string;
  /** Process that holds the rig; absent when `edgeproof up` left it running. */
  owner?: number;
  engine: { name: string; version: string };
  privileges: Privileges;
  images: { name: string; reference: string }[];
  image: string;
  runtimeFolder: string;
  binFolder: string;
  machines: MachineState[];
}

const base = (): string =>
  join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "edgeproof", "rigs");

/** The folder of one rig, outside the checkout, for its owner only. */
export const rigFolder = (rig: string): string => join(base(), rig);

export async function createRigFolder(rig: string): Promise<string> {
  const folder = rigFolder(rig);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export async function writeRigState(state: RigState): Promise<void> {
  const path = join(rigFolder(state.rig), "rig.json");
  await writeFile(`${path}.new`, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export async function readRigState(rig: string): Promise<RigState | undefined> {
  const text = await readFile(join(rigFolder(rig), "rig.json"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RigState);
}

/** Names of the rigs that have a folder here. */
export const knownRigs = (): Promise<string[]> => readdir(base()).catch(() => []);

/** Removes `folder` and the one above it if they are empty; edgeproof may have made both. */
export function removeEmptyFolders(folder: string): void {
  try {
    rmdirSync(folder);
    rmdirSync(dirname(folder));
  } catch {
    // Not empty, or gone already.
  }
}

/** Removes the rig's folder, and the folders above it that are empty now. */
export async function removeRigFolder(rig: string): Promise<void> {
  await rm(rigFolder(rig), { recursive: true, force: true });
  try {
    rmdirSync(base());
  } catch {
    return;
  }
  removeEmptyFolders(dirname(base()));
}
