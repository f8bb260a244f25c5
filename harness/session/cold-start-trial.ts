import type { Fault } from "../../chaos/faults/fault.ts";
import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { loadTopology } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { rigError, usageError } from "../errors.ts";
import { formatDuration } from "../judge/format.ts";
import type { ColdStart, Receipt } from "../record/model.ts";
import { RunRecorder } from "../record/run-folder.ts";
import { type Axis, axisValue } from "../sweep/axis.ts";
import type { SweepTrial, TrialReport } from "../sweep/sweep.ts";
import { buildFaults } from "./build-faults.ts";
import { measureColdStart } from "./cold-starts.ts";
import { planFaults } from "./plan-faults.ts";
import { commit, runHeader } from "./run-header.ts";
import { Session } from "./session.ts";
import type { SubjectOptions, SweepSubject, TrialContext } from "./sweep-trials.ts";
import { trialScenario } from "./try-fault.ts";
import { wanFacts } from "./wan-facts.ts";

const NAME = "cold-start";
const IMAGE = "hello-world";
/**
 * A start that takes longer counts as failed. One in which every probe of the activator fails would otherwise last for
 * Knative's own limit of a request, five minutes.
 */
const ANSWER_WITHIN_MS = 15_000;
/** For the phase's own length: its end is the answer, not the clock. */
const WINDOW_MS = 60_000;

/** Where the function is woken, and what the fault is between. */
interface Places {
  server: string;
  agent: string;
  deviceClass: string;
}

function placesOf({ nodes }: Topology): Places {
  const server = nodes.find(({ role }) => role === "server");
  const agent = nodes.find(({ role }) => role === "agent");
  if (!server || !agent) throw rigError("NO_AGENT", "the topology has no agent to wake a function on");
  return { server: server.name, agent: agent.name, deviceClass: agent.deviceClass };
}

/** The varied fault as YAML: of links, both ways between the activator's node and the function's; else on the latter. */
function faultText(axis: Axis, x: number, { server, agent }: Places): string {
  const { name, parameter } = axis.fault!;
  const layer = CATALOGUE.find((definition) => definition.name === name)?.layer;
  const target = layer === "link" ? `{ from: ${server}, to: ${agent}, bothWays: true }` : agent;
  return `- { fault: ${name}, target: ${target}, ${parameter}: ${String(axisValue(axis, x))} }`;
}

/** A cold start in which the fault did not hold, or which none was, says nothing. */
export function coldStartReport(coldStart: ColdStart, receipts: readonly Receipt[]): TrialReport {
  const { outcome, durationMs, excluded } = coldStart;
  const unheld = receipts.find(({ held }) => !held);
  const ok = outcome === "completed" && durationMs <= ANSWER_WITHIN_MS;
  const detail =
    outcome === "completed"
      ? `answered after ${formatDuration(durationMs)}`
      : `${outcome} after ${formatDuration(durationMs)}`;
  const nothing = unheld
    ? `the receipt of ${unheld.fault} does not hold: ${unheld.reasons[0] ?? "no reason given"}`
    : receipts.length === 0
      ? "there is no receipt of the fault"
      : excluded;
  return {
    ok,
    ...(outcome === "completed" ? { value: durationMs } : {}),
    ...(nothing === "" ? {} : { excluded: nothing }),
    detail,
  };
}

/** One function a trial, deployed with no pod, so that none has to be waited for to end. */
class ColdStartTrial implements SweepTrial {
  private readonly session: Session;
  private readonly axis: Axis;
  private readonly places: Places;
  private x: number | undefined;
  private count = 0;
  private readonly begun = Date.now().toString(36);

  constructor(session: Session, axis: Axis) {
    this.session = session;
    this.axis = axis;
    this.places = placesOf(session.rig.topology);
  }

  prepare(x: number): Promise<void> {
    this.x = x;
    return Promise.resolve();
  }

  async run(): Promise<TrialReport> {
    const { session } = this;
    this.count += 1;
    const phase = `trial-${this.count}`;
    // A sweep that is resumed must not meet the functions of the one before.
    const fn = `${NAME}-${this.begun}-${this.count}`;
    await session.deployAutoscaled(
      fn,
      IMAGE,
      { minReplicas: 0, maxReplicas: 1, targetConcurrency: 1 },
      this.places.deviceClass,
    );
    try {
      let coldStart: ColdStart | undefined;
      await session.phase({ name: phase, kind: "fault", faults: await this.faults(phase) }, async () => {
        coldStart = await measureColdStart(session, { phase, fn, timeoutMs: ANSWER_WITHIN_MS });
      });
      if (!coldStart) throw rigError("NO_COLD_START", `nothing was measured in ${phase}`);
      const receipts = session
        .recorded()
        .events.flatMap((event) =>
          event.type === "receipt" && event.receipt.phase === phase ? [event.receipt] : [],
        );
      return coldStartReport(coldStart, receipts);
    } finally {
      await session.rig.functions.remove(fn);
    }
  }

  restore(): Promise<void> {
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.recorder.end(this.session.signal.aborted ? "interrupted" : "finished");
    await this.session.close();
  }

  private async faults(phase: string): Promise<Fault[]> {
    const { session, axis, places } = this;
    if (this.x === undefined) throw rigError("NOT_PREPARED", "the trial has no value yet");
    const { topology } = session.rig;
    const { seed, guard, links, faultRig: rig } = session;
    const faults = faultText(axis, this.x, places);
    const scenario = trialScenario({ phase, faults, windowMs: WINDOW_MS, fn: IMAGE }, topology, seed);
    const entries = await buildFaults(scenario, {
      ...{ rig, seed, guard, links },
      functionUrl: (name) => session.gateway.route(name).url,
    });
    return entries.map(({ built }) => built);
  }
}

async function openTrial({ rig, axis, seed, folder, signal, say }: TrialContext): Promise<ColdStartTrial> {
  const header = await runHeader(rig, NAME, seed, await wanFacts(rig));
  const recorder = new RunRecorder({ root: folder, header, sha: await commit() });
  const session = await Session.open({ rig, recorder, objectives: [], seed, signal, say });
  return new ColdStartTrial(session, axis);
}

/**
 * Scale from zero as something to sweep: whether a function without a pod, on the first agent, answers within 15 s.
 *
 * @throws EdgeproofError (usage) where the topology has no Knative, or what is varied is no fault of links or nodes.
 */
export async function coldStartSubject({
  axis,
  seed,
  topology: given,
}: SubjectOptions): Promise<SweepSubject> {
  const topology = loadTopology(given ?? "quickstart");
  if (topology.functionsLayer !== "knative")
    throw usageError("sweep-topology", `${topology.name} has no function that starts from zero`, {
      where: topology.file,
      expected: "`functionsLayer: knative`",
    });
  const layer = CATALOGUE.find(({ name }) => name === axis.fault?.name)?.layer;
  if (layer !== "link" && layer !== "node")
    throw usageError("sweep-axis", `${axis.what} cannot be varied in a cold start`, {
      where: "--vary",
      expected: "a parameter of a fault of links or nodes, such as `link-delay.delay`",
    });
  // What the fault does not take is refused with nothing touched.
  for (const x of [axis.low, axis.high]) {
    const faults = faultText(axis, x, placesOf(topology));
    await planFaults(
      trialScenario({ phase: NAME, faults, windowMs: WINDOW_MS, fn: IMAGE }, topology, seed),
      seed,
    );
  }
  return { name: NAME, topology, value: { title: "cold start", unit: "ms" }, open: openTrial };
}
