import { usageError } from "../errors.ts";
import { brokenPhase, evidenceOf, loadProblems, type Evidence } from "../judge/evidence.ts";
import { loadOn } from "../judge/load-on.ts";
import { disturbance } from "../judge/saturation.ts";
import { groupBy } from "../record/group-by.ts";
import type { Phase, RecordedRun, Sample } from "../record/model.ts";
import { CHANGES, type Finding, type RunComparison } from "./comparison.ts";
import { errorRates, responseTimes } from "./compare-requests.ts";
import { singleObservations } from "./compare-single.ts";
import { decide } from "./decide.ts";
import { differences } from "./differences.ts";

/** Chance of even one false alarm in a report: what edgeproof promises, one in a hundred reports of runs without a change. */
const ALPHA = 0.01;

export interface CompareOptions {
  /** Smallest relative change that matters, such as 0.05. */
  effect: number;
  /** Of the resampling: the same seed gives the same figures. */
  seed: number;
}

/** One of the two runs, in one phase. */
interface Side {
  called: "base" | "head";
  evidence: Evidence;
  phase: Phase;
  functions: Map<string, Sample[]>;
}

/** Of its open loads, by phase. */
const openSamples = ({ samples }: RecordedRun): Map<string, Sample[]> =>
  groupBy(
    samples.filter(({ model }) => model === undefined),
    ({ phase }) => phase,
  );

const sideOf = (
  called: "base" | "head",
  evidence: Evidence,
  phase: Phase,
  samples: readonly Sample[] = [],
): Side => ({
  called,
  evidence,
  phase,
  functions: groupBy(
    samples.toSorted((a, b) => a.intendedAt - b.intendedAt),
    ({ fn }) => fn,
  ),
});

/** What keeps a phase's figures from deciding; `timing` of those that a busy host slows. */
function doubtsOf({ called, evidence, phase }: Side, fn: string | undefined, timing: boolean): string[] {
  const reasons = loadProblems(evidence, phase, fn);
  if (evidence.pace !== undefined) reasons.push(`a rehearsal at a pace of ${evidence.pace} decides nothing`);
  if (timing) {
    const own = evidence.pressure.filter((pressure) => pressure.phase === phase.name);
    if (own.length === 0) reasons.push("the host's pressure was not recorded");
    reasons.push(...own.map(disturbance).filter((reason) => reason !== undefined));
  }
  return reasons.map((reason) => `${called}: ${reason}`);
}

const doubted = (findings: Finding[], doubts: readonly string[]): Finding[] =>
  findings.map((one) => ({ ...one, doubts: [...doubts, ...one.doubts] }));

function comparePhase(base: Side, head: Side, { effect, seed }: CompareOptions): Finding[] {
  const { phase } = base;
  const faults = [phase.faults, head.phase.faults].map((names) => names.toSorted().join(" ") || "none");
  const unequal = faults[0] === faults[1] ? [] : [`other faults: ${faults.join(", ")}`];
  const classes = base.evidence.deviceClasses.filter((name) => head.evidence.deviceClasses.includes(name));
  const functions = [...base.functions.keys()].filter((fn) => head.functions.has(fn)).toSorted();
  const found = functions.flatMap((fn) => {
    const scope = { phase: phase.name, profile: phase.profile, function: fn, deviceClass: "" };
    const [before, after] = [base.functions.get(fn)!, head.functions.get(fn)!];
    const loads = [base, head].map(({ evidence, phase: { name } }) => loadOn(evidence, name, fn));
    const load = loads[0] === loads[1] ? unequal : [...unequal, `other load: ${loads.join(", ")}`];
    const about = (timing: boolean): string[] => [
      ...load,
      ...[base, head].flatMap((side) => doubtsOf(side, fn, timing)),
    ];
    const times = classes.flatMap((deviceClass) =>
      responseTimes(before, after, { ...scope, deviceClass }, { effect, seed }),
    );
    return [...doubted(times, about(true)), ...doubted(errorRates(before, after, scope), about(false))];
  });
  return [...found, ...doubted(singleObservations(base, head, effect), unequal)];
}

/** Why a run, or a phase of it, cannot be compared. */
function brokenIn(called: string, evidence: Evidence): Map<string, string[]> {
  const whole = evidence.broken.map((reason) => `${called}: ${reason}`);
  if (whole.length > 0) return new Map(evidence.phases.map(({ name }) => [name, whole]));
  return new Map(
    evidence.phases.map((phase) => [
      phase.name,
      brokenPhase(evidence, phase).map((reason) => `${called}, ${phase.name}: ${reason}`),
    ]),
  );
}

const matches = (a: Phase, b: Phase): boolean => a.name === b.name && a.profile === b.profile;

const onlyIn = (called: string, own: Evidence, other: Evidence): string[] =>
  own.phases
    .filter((phase) => !other.phases.some((one) => matches(phase, one)))
    .map(({ name, profile }) => `${called} only: phase ${name} with profile ${profile}`);

/**
 * Compares what both runs measured, phase by phase: pure, so that the same runs and options give the same result. Usage
 * error (exit 64) when they have no phase in common; what is broken in either is left out and said.
 */
export function compareRuns(base: RecordedRun, head: RecordedRun, options: CompareOptions): RunComparison {
  const [before, after] = [evidenceOf(base), evidenceOf(head)];
  const samples = [openSamples(base), openSamples(head)] as const;
  const broken = [brokenIn("base", before), brokenIn("head", after)] as const;
  const pairs = before.phases.flatMap((phase) => {
    const other = after.phases.find((one) => matches(phase, one));
    return other === undefined ? [] : [[phase, other] as const];
  });
  const trouble = [
    ...new Set([
      ...before.broken.map((reason) => `base: ${reason}`),
      ...after.broken.map((reason) => `head: ${reason}`),
      ...broken.flatMap((phases) => [...phases.values()].flat()),
    ]),
  ];
  if (pairs.length === 0 && trouble.length === 0) {
    throw usageError("compare-nothing", "the runs have no phase in common", {
      where: head.folder,
      expected: `a run of the same suite as ${base.header.id}`,
      fix: "compare two runs of one suite",
    });
  }
  const findings = pairs
    .filter(([{ name }]) => broken.every((phases) => (phases.get(name) ?? []).length === 0))
    .flatMap(([phase, other]) =>
      comparePhase(
        sideOf("base", before, phase, samples[0].get(phase.name)),
        sideOf("head", after, other, samples[1].get(other.name)),
        options,
      ),
    );
  const order = (verdict: (typeof CHANGES)[number]): number => CHANGES.indexOf(verdict);
  return {
    base: base.header.id,
    head: head.header.id,
    effect: options.effect,
    alpha: ALPHA,
    seed: options.seed,
    differs: differences(base.header, head.header),
    unmatched: [...onlyIn("base", before, after), ...onlyIn("head", after, before)],
    broken: trouble,
    comparisons: decide(findings, ALPHA).toSorted((a, b) => order(a.verdict) - order(b.verdict)),
  };
}
