import { cpus, release, totalmem, type } from "node:os";

import { execa } from "execa";

import { readMeasured } from "../characterize/measured-nodes.ts";
import { loadClasses } from "../config/load.ts";
import { edgeproofVersion } from "../project.ts";
import type { RecordedNode, RunHeader } from "../record/model.ts";
import { loadCatalog } from "../toolchain/catalog.ts";
import { oversubscription } from "../rig/oversubscription.ts";
import { asEmulated, type EmulatedClass } from "../rig/emulated-classes.ts";
import { planMachines } from "../rig/rig-plan.ts";
import { readRigState, rigFolder } from "../rig/rig-state.ts";
import type { Rig } from "../rig/rig.ts";

/** Commit of the working folder, which is what is tested: the user's project, or edgeproof's own checkout. */
export async function commit(): Promise<string | undefined> {
  const done = await execa("git", ["rev-parse", "HEAD"], { reject: false });
  return done.failed ? undefined : done.stdout.trim();
}

function emulatedAs(name: string, all: readonly EmulatedClass[]): Pick<RecordedNode, "emulated"> {
  const found = all.find((one) => one.class === name);
  if (!found) return {};
  const { class: _, ...emulated } = found;
  return { emulated };
}

/** What a run needs to be understood later: versions, host, nodes and the settings that decide timings. */
export async function runHeader(
  rig: Rig,
  suite: string,
  seed: number,
  wan: { backend: string; realtime: string },
): Promise<Omit<RunHeader, "schema" | "id">> {
  const { topology, parts } = rig;
  const machines = await parts.driver.facts();
  const state = await readRigState(rig.name);
  const emulated = state?.emulated ?? [];
  const planned = planMachines(topology, asEmulated(loadClasses(), emulated), false);
  const classes = oversubscription(planned, machines.sharedCores);
  const measured = readMeasured(rigFolder(rig.name));
  const tools = [...loadCatalog().programs.values()].map(({ name, lock }) => [name, lock.version] as const);
  return {
    suite,
    topology: topology.name,
    engine: `${parts.engine.name} ${parts.engine.version}`,
    wanBackend: wan.backend,
    functionsLayer: rig.functions.name,
    seed,
    startedAt: Date.now(),
    versions: { edgeproof: edgeproofVersion(), node: process.version, ...Object.fromEntries(tools) },
    host: {
      os: type(),
      kernel: release(),
      cores: cpus().length,
      memoryMiB: Math.round(totalmem() / 1024 / 1024),
      containerEngine: machines.engine,
    },
    nodes: topology.nodes.map(({ name, role, site, deviceClass }) => ({
      name,
      role,
      site,
      deviceClass,
      emulation: topology.emulation,
      architecture: machines.architecture(name),
      ...emulatedAs(deviceClass, emulated),
      ...(measured[name] ? { measured: measured[name] } : {}),
    })),
    settings: {
      // Of a cluster that exists nobody tells.
      ...(topology.driver === "cluster"
        ? {}
        : { nodeMonitorGracePeriodSeconds: topology.cluster.nodeMonitorGracePeriodSeconds }),
      unreachableTolerationSeconds: topology.cluster.unreachableTolerationSeconds,
      privileges: parts.privileges,
      ...machines.settings,
      wanRealtime: wan.realtime,
      ...(classes ? { oversubscription: Number(classes.ratio.toFixed(2)) } : {}),
      bringUpMs: Math.round(Math.max(0, ...parts.timings.map(({ endedAt }) => endedAt))),
    },
  };
}
