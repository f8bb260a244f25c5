import { keptCalibrations } from "../../characterize/calibrate.ts";
import { characterizedNode } from "../../characterize/characterized-node.ts";
import { emulationChecks } from "../../characterize/emulation-check.ts";
import { CHARACTERIZATION_SCHEMA, type Characterization } from "../../characterize/model.ts";
import { nodeObject } from "../../characterize/node-metadata.ts";
import { measuredRounds } from "../../characterize/pairs.ts";
import { differingChecksums } from "../../characterize/outcome.ts";
import type { ReferenceScores } from "../../characterize/reference-scores.ts";
import { sharesHost } from "../../characterize/shares-host.ts";
import { timePlan } from "../../characterize/time-plan.ts";
import { edgeproofVersion } from "../../project.ts";
import { ApiRequests } from "../../rig/kube/api-request.ts";
import { applyAll } from "../../rig/kube/apply.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import type { Rig } from "../../rig/rig.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import { measureNetwork } from "./measure-network.ts";
import { placeProgram } from "./node-program.ts";
import { runKernels } from "./run-kernels.ts";

/** Its fields are its own: what it does not measure any more goes from the nodes, and nothing else does. */
const FIELD_MANAGER = "edgeproof-characterize";
const API_LIMIT_MS = 10_000;

export interface CharacterizeOptions {
  /** ms; undefined: as long as it needs, at least the default. */
  budgetMs: number | undefined;
  oneByOne: boolean;
  /** Only this node, and no network. */
  only: string | undefined;
  references: ReferenceScores;
  signal: AbortSignal;
  say: (message: string) => void;
  toolchain: ToolchainOptions;
}

/** Measures the nodes of a rig that is up, and the network between them. */
export async function characterizeRig(rig: Rig, options: CharacterizeOptions): Promise<Characterization> {
  const { oneByOne, only, references, signal, say } = options;
  const nodes = only === undefined ? rig.clusterNodes : [rig.node(only)];
  const plan = timePlan(nodes.length, oneByOne, options.budgetMs);
  const turns = oneByOne ? "one after the other" : "all at once";
  say(`measuring ${nodes.length} nodes, ${turns}: about ${Math.round(plan.totalMs / 1000)} s`);
  await using _program = await placeProgram(nodes, plan.totalMs, { ...options.toolchain, signal });
  const startedAt = Date.now();
  const began = performance.now();
  const measured = await runKernels(nodes, { plan, oneByOne, signal, say });
  const characterized = nodes.map(({ name, deviceClass }, index) =>
    characterizedNode({ node: name, deviceClass }, measured[index]!, references),
  );
  const pairs = await measureNetwork(nodes, { plan, oneByOne, signal, say });
  // A node without a quota is as fast as the host.
  const host = characterized.find(({ machine }) => machine.quotaCpus === undefined);
  const calibrations =
    sharesHost(rig.topology.driver) && host
      ? keptCalibrations(references, { scores: host.scores, cores: host.machine.cores })
      : [];
  const { engine } = rig.parts;
  return {
    schema: CHARACTERIZATION_SCHEMA,
    ...{ rig: rig.name, topology: rig.topology.name, startedAt, tookMs: performance.now() - began, oneByOne },
    versions: { edgeproof: edgeproofVersion(), node: process.version, [engine.name]: engine.version },
    ...{ nodes: characterized, pairs },
    calibrations,
    notes: [
      ...[measuredRounds(nodes).text].filter(Boolean),
      ...(oneByOne && nodes.length > 1
        ? ["The nodes share one host: a score is of the host as one node has it while the others are idle."]
        : []),
      ...(rig.topology.emulation === "limits" ? emulationChecks(characterized, references) : []),
      ...(references.size === 0
        ? ["No class has measured scores, so no node has a nearest class and nothing is calibrated."]
        : []),
      ...differingChecksums({ nodes: characterized }).map((which) => `DIFFERENT RESULTS of ${which}`),
    ],
  };
}

/** Puts the scores on the nodes, as labels and annotations. @throws EdgeproofError where the API does not take them */
export const labelNodes = (rig: Rig, { nodes, startedAt }: Characterization): Promise<void> =>
  applyAll(
    new ApiRequests(loadKubeconfig(rig.kubeconfig), API_LIMIT_MS),
    nodes.map((node) => nodeObject(node, startedAt)),
    FIELD_MANAGER,
  );
