import { existsSync, readFileSync, rmdirSync } from "node:fs";
import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Topology } from "../config/model.ts";
import { usageError } from "../errors.ts";
import { stateFolder } from "../state-folder.ts";
import type { DriverState } from "./driver/driver-state.ts";
import type { NodeRole } from "./node-handle.ts";
import type { EmulatedClass } from "./emulated-classes.ts";
import { lives, type ProcessMark, thisProcess } from "./process-mark.ts";

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
  schema: 2;
  rig: string;
  topologyFile: string;
  /** Process that holds the rig; absent when `edgeproof up` left it running. */
  owner?: number;
  engine: { name: string; version: string };
  /** Which driver made the machines, and what it needs to find them. */
  driver: DriverState;
  privileges: string;
  images: { name: string; reference: string }[];
  /** Whether each machine impairs what it sends itself: where there is no router, and all can. */
  egress?: boolean;
  /** How the nodes' device classes are emulated. Absent in states of an older edgeproof. */
  emulated?: readonly EmulatedClass[];
  machines: MachineState[];
}

/** What a rig was made from: its topology's file, or, of a cluster that exists, what that was when the rig came up. */
export const topologyOfRig = ({ driver, topologyFile }: RigState): string | Topology =>
  driver.kind === "cluster" ? driver.topology : topologyFile;

/** The same of a rig by its name; undefined where there is none. */
export async function ownTopology(rig: string): Promise<string | Topology | undefined> {
  const state = await readRigState(rig);
  return state && topologyOfRig(state);
}

const base = (): string => join(stateFolder(), "rigs");

/** A DNS label, as a topology's name: it becomes part of hostnames, and of the path that is removed in the end. */
const isRigName = (name: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name);

/** @throws EdgeproofError (usage) when no rig can have this name. */
export function checkRigName(name: string): void {
  if (!isRigName(name))
    throw usageError("RIG_NAME", `no rig can be named \`${name}\``, {
      expected: "lower-case letters, digits and inner hyphens, at most 63, such as `lab-1`",
    });
}

/** The folder of one rig, outside the checkout, for its owner only. */
export function rigFolder(rig: string): string {
  checkRigName(rig);
  return join(base(), rig);
}

const makerFile = (rig: string): string => join(rigFolder(rig), "maker.json");

/** Says who makes the rig: it is somebody's from here on, though there is no state of it yet. */
export async function createRigFolder(rig: string): Promise<string> {
  const folder = rigFolder(rig);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await writeFile(makerFile(rig), JSON.stringify(thisProcess()), { mode: 0o600 });
  return folder;
}

/** Process that is making a rig of which there is no state yet; undefined where none is. */
export async function rigMaker(rig: string): Promise<number | undefined> {
  if (await readRigState(rig)) return undefined;
  try {
    const maker = JSON.parse(await readFile(makerFile(rig), "utf8")) as ProcessMark;
    return lives(maker) ? maker.pid : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRigState(state: RigState): Promise<void> {
  const path = join(rigFolder(state.rig), "rig.json");
  await writeFile(`${path}.new`, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  await rename(`${path}.new`, path);
  await rm(makerFile(state.rig), { force: true });
}

/** One of an older edgeproof is removed by label, and used by nobody. */
function parsedState(text: string | undefined): RigState | undefined {
  const state = text === undefined ? undefined : (JSON.parse(text) as RigState);
  return (state?.schema as number | undefined) === 2 ? state : undefined;
}

export async function readRigState(rig: string): Promise<RigState | undefined> {
  return parsedState(await readFile(join(rigFolder(rig), "rig.json"), "utf8").catch(() => undefined));
}

/** The same for whoever cannot wait. */
export function readRigStateNow(rig: string): RigState | undefined {
  const path = join(rigFolder(rig), "rig.json");
  return existsSync(path) ? parsedState(readFileSync(path, "utf8")) : undefined;
}

/** Names of the rigs that have a folder here. */
export const knownRigs = async (): Promise<string[]> =>
  (await readdir(base()).catch(() => [])).filter(isRigName).toSorted();

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
  removeEmptyFolders(stateFolder());
}
