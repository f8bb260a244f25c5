import { cpus } from "node:os";

import { loadClasses, loadProfiles } from "../../config/load.ts";
import { shownPath } from "../../config/yaml-file.ts";
import { ExitCode } from "../../exit-codes.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import { isUnread } from "../../config/cluster-topology.ts";
import type { Topology } from "../../config/model.ts";
import type { ClusterFlags } from "../flags.ts";
import { topologyRead, withNodes } from "../given-topology.ts";
import { asEmulated, emulatedHere } from "../../rig/emulated-classes.ts";
import { type PlannedMachine, planMachines } from "../../rig/rig-plan.ts";
import type { AbortCondition } from "../../scenario/schema.ts";
import type { Scenario } from "../../scenario/model.ts";
import type { Matrix } from "../../matrix/load-matrix.ts";
import { plannedMs, roughly } from "../../matrix/matrix-progress.ts";
import { loadMatrixRun } from "../matrix-run.ts";
import { type PlannedFault, planFaults } from "../../session/plan-faults.ts";

export interface PlanOptions extends ClusterFlags {
  suite: string;
  files?: readonly string[];
  objectives?: string;
  topology?: string;
  seed: number;
  json: boolean;
  /** The small form of the suite's matrix. */
  small?: boolean;
  /** Only cells like this one. */
  cells?: string;
}

/** Each cell once, whatever its repetitions. */
function matrixLines({ form, cells }: Matrix): string[] {
  const total = cells.reduce((sum, cell) => sum + plannedMs(cell), 0);
  const first = cells.filter(({ repetition }) => repetition === cells[0]?.repetition);
  const times = new Set(cells.map(({ repetition }) => repetition)).size;
  return [
    `${cells.length} cells of the form ${form}, about ${roughly(total)}; ${times} times:`,
    ...first.map((cell) => {
      const { phase, users, until, thinkMs } = cell;
      const length = "iterations" in until ? `${until.iterations} iterations` : seconds(until.durationMs);
      return `  ${phase}: ${users} closed users, ${length}, ${thinkMs} ms of thought; then as much by an open model`;
    }),
  ];
}

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;

const abortText = ({ errorRate, notReadyOutside, notReadyNodes }: AbortCondition): string => {
  if (errorRate) return `above ${errorRate.above * 100} % errors over ${seconds(errorRate.over)}`;
  if (notReadyOutside) return "a node that no fault is aimed at is NotReady";
  return `more than ${notReadyNodes?.moreThan} nodes NotReady`;
};

function scenarioLines(scenario: Scenario, planned: readonly PlannedFault[]): string[] {
  const { name, description, steady, fault, healed, load, observe, guard, notRun } = scenario;
  const rate = (phase: { rate: number }): string =>
    load ? `, ${phase.rate} requests/s to ${load.fn}` : ", without load";
  return [
    `scenario ${name}: ${description}`,
    ...(notRun === undefined ? [] : [`  not run: ${notRun}`]),
    ...(observe.length > 0 ? [`  watches ${observe.join(", ")}`] : []),
    `  phase ${steady.name}: ${seconds(steady.durationMs)}${rate(steady)}`,
    `  phase ${fault.name}: ${seconds(fault.durationMs)}${rate(fault)}`,
    ...planned.flatMap(({ startMs, endMs, does, changes, chosen }) => [
      `    ${seconds(startMs)} to ${seconds(endMs)}  ${does}`,
      ...(chosen === "" ? [] : [`      chosen: ${chosen}`]),
      ...(changes.length > 0
        ? changes.map((change) => `      ${change}`)
        : ["      (its commands are known once the rig is up)"]),
    ]),
    ...(fault.scale
      ? [`    ${seconds(fault.scale.at)}  scale from ${fault.scale.from} to ${fault.scale.to}`]
      : []),
    `  phase ${healed.name}: ${seconds(healed.durationMs)}${rate(healed)}`,
    `  guard: at most ${guard.maxNodes} nodes at one time${guard.allowServer ? ", the server too" : ""}` +
      guard.abort.map((condition) => `; ends when ${abortText(condition)}`).join(""),
  ];
}

/** What the rig is made of, or put on. */
function placeLines(topology: Topology, machines: readonly PlannedMachine[]): string[] {
  const { driver, name, inventory, existing } = topology;
  const isExisting = driver === "cluster";
  const shown = machines
    .filter(({ role }) => !isExisting || role !== "tester")
    .map(
      ({ name: machine, role, site, deviceClass, overlay, limits }) =>
        `  ${machine}: ${role} at ${site}${deviceClass ? `, class ${deviceClass}` : ""}` +
        (isExisting ? "" : `, overlay ${overlay}`) +
        (limits ? `, ${limits.cpus} CPUs and ${limits.memoryMiB} MiB` : ""),
    );
  if (existing)
    return [
      `would make the namespace ${existing.namespace ?? `edgeproof-${name}`} on the cluster of ${shownPath(existing.kubeconfig)}, and remove it in the end; pods on:`,
      ...shown,
      "  tester: this machine",
    ];
  if (driver === "ssh")
    return [
      `would put the rig on ${machines.length} real machines of ${shownPath(inventory ?? "")}:`,
      ...shown,
    ];
  return [
    `would create ${machines.length + 1} containers and ${machines.length} networks, all labelled edgeproof.rig=${name}:`,
    ...shown,
    "  wan: router between their networks",
  ];
}

/** Shows what `run` would make, change and ask, after validating all of it; touches nothing. */
export async function plan(options: PlanOptions): Promise<ExitCode> {
  const { seed, json } = options;
  let { suite } = loadMatrixRun({ ...options, topology: await topologyRead(options) });
  if (isUnread(suite.topology))
    suite = loadMatrixRun({ ...options, topology: await withNodes(suite.topology) }).suite;
  const { topology, objectives, scenarios, matrix } = suite;
  const files = suite.files.map(shownPath);
  ensureLinksPossible(topology);
  const classes = loadClasses();
  const emulated = emulatedHere(topology, classes, cpus().length);
  const machines = planMachines(topology, asEmulated(classes, emulated), true);
  const profile = loadProfiles().get(topology.wanProfile);
  const planned = await Promise.all(
    scenarios.map((scenario) => planFaults(scenario, seed, { confirmed: true })),
  );
  if (json) {
    const shown = scenarios.map((scenario, index) => ({
      name: scenario.name,
      description: scenario.description,
      faults: planned[index],
      guard: scenario.guard,
    }));
    process.stdout.write(
      `${JSON.stringify({ topology, machines, emulated, objectives, files, scenarios: shown, cells: matrix?.cells }, undefined, 2)}\n`,
    );
    return ExitCode.met;
  }
  const lines = [
    `topology ${topology.name}: engine ${topology.engine}, driver ${topology.driver}, functions ${topology.functionsLayer}`,
    `WAN profile of phases that name none: ${topology.wanProfile} (${profile?.description ?? ""})`,
    ...placeLines(topology, machines),
    ...emulated.map(({ text }) => `  class ${text}`),
    `would run ${files.join(", ")}`,
    ...(matrix ? matrixLines(matrix) : []),
    ...scenarios.flatMap((scenario, index) => scenarioLines(scenario, planned[index] ?? [])),
    `would judge ${objectives.length} objectives of ${suite.objectivesFrom}`,
  ];
  process.stdout.write(`${lines.join("\n")}\nnothing was touched\n`);
  return ExitCode.met;
}
