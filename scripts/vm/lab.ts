import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { usageError } from "../../harness/errors.ts";
import { SshConnections } from "../../harness/rig/driver/ssh/connections.ts";
import { isAlive } from "../../harness/toolchain/process-lock.ts";
import type { KeysDisk } from "./keys-disk.ts";
import type { RigMachine } from "./rig-machine.ts";
import { AGENT, SUDO_USER } from "./rig-recipe.ts";

export type Layer = "knative" | "deployment";

export interface LabMachine {
  name: string;
  /** Of this host's loopback; leads to its sshd. */
  port: number;
  underlay: string;
  user: string;
}

/** Virtual machines that are up, in the words of those who use them: they need not be the process that booted them. */
export interface Lab {
  /** The process that the machines end with. */
  pid: number;
  folder: string;
  machines: LabMachine[];
  layer: Layer;
  /** Kernels are programs of this host: at the processor's own speed. */
  uml: boolean;
}

const ROLES: Record<string, { role: string; site: string; class: string }> = {
  "cloud-1": { role: "server", site: "cloud", class: "vm-small" },
  "edge-1": { role: "agent", site: "edge", class: "pi3" },
};

export const RIG = "vmlab";
export const topologyOf = ({ folder }: Lab): string => join(folder, "topology.yaml");
export const inventoryOf = ({ folder }: Lab): string => join(folder, "inventory.yaml");
const keyOf = ({ folder }: Lab): string => join(folder, "key");
const knownHostsOf = ({ folder }: Lab): string => join(folder, "known_hosts");
const fileOf = (folder: string): string => join(folder, "lab.json");

/** JSON is YAML. */
const yaml = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Through which the agent is reached, where that is wanted. */
const GATE = "load-1";
const SSH_PORT = 22;

export interface LabChoices {
  layer: Layer;
  /** The agent is reached by its address in the machines' own network, through the tester. */
  jump: boolean;
  /** Kernels are programs of this host. */
  uml: boolean;
}

/** All of the suites' 110 requests a second is too much for emulated processors, and for one core whose calls are slow. */
export const rateOf = ({ uml }: Lab): string => (uml ? "10%" : "5%");

/** How edgeproof reaches a machine, in the words of an inventory. */
function accessTo(machine: LabMachine, all: readonly LabMachine[], jump: boolean): object {
  const gate = all.find(({ name }) => name === GATE);
  if (!jump || machine.name !== AGENT || !gate) return { ...machine, address: "127.0.0.1" };
  const proxyJump = `${gate.user}@127.0.0.1:${gate.port}`;
  return { ...machine, address: machine.underlay, port: SSH_PORT, proxyJump };
}

/** Writes down what the machines are, for edgeproof (inventory and topology) and for other processes. */
export function writeLab(
  machines: readonly RigMachine[],
  keys: KeysDisk,
  folder: string,
  { layer, jump, uml }: LabChoices,
): Lab {
  const lab: Lab = {
    ...{ pid: process.pid, folder, layer, uml },
    machines: machines.map(({ spec: { name, underlay }, port }) => ({
      ...{ name, port, underlay },
      // One logs in as a user who becomes root by sudo.
      user: name === AGENT ? SUDO_USER : "root",
    })),
  };
  const known = lab.machines.flatMap(({ port, underlay }) =>
    [`[127.0.0.1]:${port}`, underlay].map((host) => `${host} ${keys.hostKey}`),
  );
  writeFileSync(knownHostsOf(lab), `${known.join("\n")}\n`);
  const nodes = lab.machines.map((machine) => ({
    ...accessTo(machine, lab.machines, jump),
    ...(ROLES[machine.name] ?? { role: "tester" }),
  }));
  const defaults = { key: "key" };
  writeFileSync(inventoryOf(lab), yaml({ name: "vms", knownHosts: "known_hosts", defaults, nodes }));
  writeFileSync(fileOf(folder), yaml(lab));
  writeTopology(lab);
  return lab;
}

/** What runs functions may change from one bring-up to the next. */
function writeTopology(lab: Lab): void {
  const { layer, machines, uml } = lab;
  const topology = {
    ...{ name: RIG, engine: "kubernetes", driver: "ssh", inventory: "inventory.yaml" },
    ...{ functionsLayer: layer, sites: ["cloud", "edge"] },
    nodes: machines.flatMap(({ name }) => (ROLES[name] ? [{ name, ...ROLES[name] }] : [])),
    // The quickstart's, but an emulated kubelet is late with its heartbeats.
    cluster: uml
      ? { nodeMonitorGracePeriod: "8s", unreachableToleration: "2s" }
      : { nodeMonitorGracePeriod: "60s", unreachableToleration: "60s" },
    // As the quickstart's.
    ...(layer === "knative" ? { knative: { stableWindow: "6s", scaleToZeroGracePeriod: "3s" } } : {}),
  };
  writeFileSync(topologyOf(lab), yaml(topology));
}

/** @throws EdgeproofError (usage) where no machines are up by that folder */
export function readLab(folder: string, layer: Layer | undefined): Lab {
  let lab: Lab | undefined;
  try {
    lab = JSON.parse(readFileSync(fileOf(folder), "utf8")) as Lab;
  } catch {
    // Told below.
  }
  if (lab && isAlive(lab.pid)) {
    if (layer === undefined || layer === lab.layer) return lab;
    const changed = { ...lab, layer };
    writeFileSync(fileOf(folder), yaml(changed));
    writeTopology(changed);
    return changed;
  }
  throw usageError("VM_NO_LAB", lab ? "its machines have ended" : "no machines are up by this folder", {
    where: folder,
    expected: "the folder that `npm run test:ssh -- --hold` names, while that runs",
  });
}

/** Ways to the machines, past edgeproof's rig. */
export function connectTo(lab: Lab): SshConnections {
  const hosts = lab.machines.map(({ name, port, user }) => ({
    ...{ machine: name, address: "127.0.0.1", port, user, key: keyOf(lab), proxyJump: undefined },
  }));
  return new SshConnections(hosts, knownHostsOf(lab));
}
