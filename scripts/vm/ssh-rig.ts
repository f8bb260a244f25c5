import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { execa } from "execa";

import { EdgeproofError, rigError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import { SshConnections } from "../../harness/rig/driver/ssh/connections.ts";
import type { KeysDisk } from "./keys-disk.ts";
import { diffNode, type NodeSnapshot, takeNodeSnapshot } from "./node-snapshot.ts";
import type { RigMachine } from "./rig-machine.ts";
import { SUDO_USER } from "./rig-recipe.ts";
import { serveAndLoad } from "./serve-and-load.ts";

const RIG = "vmlab";

export interface SshRigInput {
  machines: readonly RigMachine[];
  keys: KeysDisk;
  folder: string;
  /** Also kills a bring-up under way, and heals. */
  kill: boolean;
  say: (message: string) => void;
  signal: AbortSignal;
}

const ROLES: Record<string, { role: string; site: string; class: string }> = {
  "cloud-1": { role: "server", site: "cloud", class: "vm-small" },
  "edge-1": { role: "agent", site: "edge", class: "pi3" },
};

/** The last one logs in as a user who becomes root by sudo; the others as root. */
const userOf = (machines: readonly RigMachine[], machine: RigMachine): string =>
  machine === machines[1] ? SUDO_USER : "root";

function writeFiles({ machines, keys, folder }: SshRigInput): { topology: string; inventory: string } {
  const knownHosts = machines.map(({ port }) => `[127.0.0.1]:${port} ${keys.hostKey}`);
  writeFileSync(join(folder, "known_hosts"), `${knownHosts.join("\n")}\n`);
  const nodes = machines.map((machine) => {
    const { name } = machine.spec;
    const rest = ROLES[name] ?? { role: "tester" };
    return {
      name,
      address: "127.0.0.1",
      port: machine.port,
      user: userOf(machines, machine),
      underlay: machine.underlay,
      ...rest,
    };
  });
  const inventory = join(folder, "inventory.yaml");
  // JSON is YAML.
  writeFileSync(
    inventory,
    JSON.stringify({ name: "vms", knownHosts: "known_hosts", defaults: { key: "key" }, nodes }, undefined, 2),
  );
  const topology = join(folder, "topology.yaml");
  const clusterNodes = machines.flatMap(({ spec: { name } }) =>
    ROLES[name] ? [{ name, ...ROLES[name] }] : [],
  );
  writeFileSync(
    topology,
    JSON.stringify({
      name: RIG,
      engine: "kubernetes",
      driver: "ssh",
      inventory: "inventory.yaml",
      functionsLayer: "deployment",
      sites: ["cloud", "edge"],
      nodes: clusterNodes,
      // An emulated kubelet is late with its heartbeats.
      cluster: { nodeMonitorGracePeriod: "60s", unreachableToleration: "60s" },
    }),
  );
  return { topology, inventory };
}

/** Runs the command that a user runs, with its state in the run's own folder. */
async function edgeproof(
  { folder, say, signal }: SshRigInput,
  argv: readonly string[],
  limitMs: number,
): Promise<string> {
  say(`edgeproof ${argv.join(" ")}`);
  const done = await execa(process.execPath, [projectFile("scripts/edgeproof.mjs"), ...argv], {
    env: { XDG_STATE_HOME: join(folder, "state") },
    reject: false,
    timeout: limitMs,
    cancelSignal: signal,
    gracefulCancel: false,
    stderr: ["pipe", "inherit"],
  });
  signal.throwIfAborted();
  if (done.exitCode !== 0)
    throw rigError("VM_RIG", `edgeproof ${argv[0]} ended with ${done.exitCode}`, {
      fix: "See what it said above.",
      cause: new Error(`${done.stdout}\n${done.stderr}`.slice(-3000)),
    });
  return done.stdout;
}

/** Kills a bring-up after a while, with everything that it started, as a power cut of the tester does. */
async function killedUp(input: SshRigInput, topology: string, afterMs: number): Promise<void> {
  const { folder, say } = input;
  say(`edgeproof up, killed after ${afterMs / 1000} s`);
  const child = execa(
    process.execPath,
    [projectFile("scripts/edgeproof.mjs"), "up", topology, "--name", RIG, "--confirm", RIG],
    {
      env: { XDG_STATE_HOME: join(folder, "state") },
      reject: false,
      stdio: "ignore",
      forceKillAfterDelay: false,
    },
  );
  await delay(afterMs);
  child.kill("SIGKILL");
  await child;
}

async function snapshots(input: SshRigInput, connections: SshConnections): Promise<NodeSnapshot[]> {
  return Promise.all(input.machines.map(({ spec: { name } }) => takeNodeSnapshot(connections.to(name))));
}

function report(input: SshRigInput, what: string, before: NodeSnapshot[], after: NodeSnapshot[]): boolean {
  const differences = input.machines.flatMap(({ spec: { name } }, index) =>
    diffNode(before[index]!, after[index]!).map((line) => `${name} ${line}`),
  );
  for (const line of differences) process.stdout.write(`${line}\n`);
  process.stdout.write(
    differences.length === 0
      ? `${what}: the machines are as before\n`
      : `${what}: ${differences.length} differences\n`,
  );
  return differences.length === 0;
}

/** From bare machines to a rig under load and back; says whether all is as before. */
export async function trySshRig(input: SshRigInput): Promise<boolean> {
  const { machines, keys, folder, kill, say, signal } = input;
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  const { topology, inventory } = writeFiles(input);
  const hosts = machines.map((machine) => ({
    machine: machine.spec.name,
    address: "127.0.0.1",
    port: machine.port,
    user: userOf(machines, machine),
    key: keys.key,
    proxyJump: undefined,
  }));
  const connections = new SshConnections(hosts, join(folder, "known_hosts"));
  try {
    say("taking stock of the machines");
    const before = await snapshots(input, connections);
    process.stdout.write(await edgeproof(input, ["doctor", "--inventory", inventory], 300_000));
    let same = true;
    if (kill) {
      await killedUp(input, topology, 60_000);
      process.stdout.write(await edgeproof(input, ["heal", RIG], 900_000));
      same = report(input, "after a killed `up` and `heal`", before, await snapshots(input, connections));
    }
    const began = performance.now();
    await edgeproof(input, ["up", topology, "--name", RIG, "--confirm", RIG], 1_800_000);
    say(`up in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    // Whatever becomes of it: what is taken down is compared.
    const served = await serveAndLoad(RIG, join(folder, "state"), say, signal).then(
      () => true,
      (error: unknown) => {
        process.stdout.write(`${error instanceof EdgeproofError ? error.format() : String(error)}\n`);
        return false;
      },
    );
    process.stdout.write(await edgeproof(input, ["status"], 300_000));
    process.stdout.write(await edgeproof(input, ["down", RIG, "--confirm", RIG], 900_000));
    return report(input, "after `down`", before, await snapshots(input, connections)) && same && served;
  } finally {
    await connections.close();
  }
}
