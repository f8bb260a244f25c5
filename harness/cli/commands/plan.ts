import { loadClasses, loadProfiles, loadTopology } from "../../config/load.ts";
import { ExitCode } from "../../exit-codes.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import { loadObjectives } from "../../judge/objective.ts";
import { projectFile } from "../../project.ts";
import { planMachines } from "../../rig/rig-plan.ts";
import { suiteNamed } from "../../session/suite-catalog.ts";

/** Shows what `run` would make and ask, after validating all of it; touches nothing. */
export function plan(suiteName: string, topologyName: string | undefined, json: boolean): ExitCode {
  const suite = suiteNamed(suiteName);
  const topology = loadTopology(topologyName ?? suite.topology);
  ensureLinksPossible(topology);
  const objectives = loadObjectives(projectFile(suite.objectives));
  const machines = planMachines(topology, loadClasses(), true);
  const profile = loadProfiles().get(topology.wanProfile);
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ topology, machines, objectives, files: suite.files }, undefined, 2)}\n`,
    );
    return ExitCode.met;
  }
  const lines = [
    `topology ${topology.name}: engine ${topology.engine}, driver ${topology.driver}, functions ${topology.functionsLayer}`,
    `WAN profile of phases that name none: ${topology.wanProfile} (${profile?.description ?? ""})`,
    `would create ${machines.length + 1} containers and ${machines.length} networks, all labelled edgeproof.rig=${topology.name}:`,
    ...machines.map(
      ({ name, role, site, deviceClass, overlay, limits }) =>
        `  ${name}: ${role} at ${site}${deviceClass ? `, class ${deviceClass}` : ""}, overlay ${overlay}` +
        (limits ? `, ${limits.cpus} CPUs and ${limits.memoryMiB} MiB` : ""),
    ),
    "  wan: router between their networks",
    `would run ${suite.files.join(", ")}`,
    `would judge ${objectives.length} objectives of ${suite.objectives}`,
  ];
  process.stdout.write(`${lines.join("\n")}\nnothing was touched\n`);
  return ExitCode.met;
}
