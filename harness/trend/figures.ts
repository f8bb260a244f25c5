import { brokenPhase, evidenceOf, loadProblems, type Evidence } from "../judge/evidence.ts";
import { loadOn } from "../judge/load-on.ts";
import { coldStartTime } from "../judge/measure-cold-starts.ts";
import { recoveryTime, scaleOutTime } from "../judge/measure-observations.ts";
import { errorRate, responseTime, throughput } from "../judge/measure-requests.ts";
import type { Measured, ObjectiveOf, Quantity } from "../judge/measured.ts";
import type { Objective } from "../judge/objective.ts";
import { disturbance } from "../judge/saturation.ts";
import type { Phase, RecordedRun } from "../record/model.ts";
import type { Figure, RunFigures } from "./model.ts";

/** An objective whose limit is never used: only what it measures is of interest. */
const open = { name: "trend", limit: 0.5 };
const all = { function: "*", deviceClass: "*" };

/** What is to be measured, with the part of `Evidence` that has to have something about the phase. */
type Asked<O extends Objective> = readonly [Quantity<O>, O];

const RECOVERY = [
  "time-to-not-ready",
  "time-to-replacement-ready",
  "error-window",
  "time-to-node-ready-again",
] as const;

const TIMES: Asked<ObjectiveOf<"response-time">>[] = (["p50", "p95", "p99"] as const).map((percentile) => [
  responseTime,
  { ...open, quantity: "response-time", percentile, scope: all },
]);

const COLD: Asked<ObjectiveOf<"cold-start">>[] = (["p50", "worst"] as const).map((percentile) => [
  coldStartTime,
  { ...open, quantity: "cold-start", percentile, scope: all },
]);

/** The load on a function and the faults of the phase, as text that tells them from others. */
function conditionsOf(evidence: Evidence, phase: Phase, fn: string): string {
  const load = loadOn(evidence, phase.name, fn);
  return `${load === "" ? "" : `${load}, `}faults ${phase.faults.toSorted().join(" ") || "none"}`;
}

function busy(evidence: Evidence, phase: Phase): string[] {
  return evidence.pressure
    .filter((pressure) => pressure.phase === phase.name)
    .map(disturbance)
    .filter((reason) => reason !== undefined);
}

function figuresOf<O extends Objective>(
  evidence: Evidence,
  phase: Phase,
  [quantity, objective]: Asked<O>,
): Figure[] {
  const seen = new Map<string, number>();
  return quantity.measure(objective, evidence, phase).flatMap((one: Measured): Figure[] => {
    const { value, interval, n, deviceClass } = one;
    if (value === undefined || one.broken.length > 0) return [];
    // A second scale-out, or node failure, of the same phase is a series of its own.
    const count = (seen.get(`${one.function}/${deviceClass}`) ?? 0) + 1;
    seen.set(`${one.function}/${deviceClass}`, count);
    const title = quantity.title(objective);
    return [
      {
        quantity: count === 1 ? title : `${title} (${count})`,
        scope: { phase: phase.name, profile: phase.profile, function: one.function, deviceClass },
        unit: quantity.unit(objective),
        worse: quantity.limitIs(objective) === "lower" ? "lower" : "higher",
        value,
        interval,
        n,
        conditions: conditionsOf(evidence, phase, one.function),
        doubts: [
          ...one.inconclusive,
          ...(quantity.load ? loadProblems(evidence, phase, one.function) : []),
          ...(quantity.timing(objective) ? busy(evidence, phase) : []),
        ],
      },
    ];
  });
}

/** Observers of a scenario: only times, for which longer is worse; of others it is not known. */
function observed(evidence: Evidence, phase: Phase): Figure[] {
  return evidence.observations
    .filter((one) => one.phase === phase.name && one.unit === "ms")
    .map(({ observable, subject, deviceClass, value = Infinity }) => ({
      quantity: subject === "" ? observable : `${observable} ${subject}`,
      scope: { phase: phase.name, profile: phase.profile, function: "", deviceClass },
      unit: "ms",
      worse: "higher",
      value,
      interval: undefined,
      n: 1,
      conditions: conditionsOf(evidence, phase, ""),
      doubts: busy(evidence, phase),
    }));
}

function phaseFigures(evidence: Evidence, phase: Phase): Figure[] {
  const has = (facts: readonly { phase: string }[]): boolean => facts.some((one) => one.phase === phase.name);
  const of = <O extends Objective>(...asked: Asked<O>): Figure[] => figuresOf(evidence, phase, asked);
  const found = observed(evidence, phase);
  if (evidence.accountsOf(phase.name).length > 0) {
    for (const asked of TIMES) found.push(...of(...asked));
    // A request without an answer has no class: error rates are of all classes together.
    found.push(...of(errorRate, { ...open, quantity: "error-rate", scope: { function: "*" } }));
    found.push(...of(throughput, { ...open, quantity: "throughput", scope: { function: "*" } }));
  }
  if (has(evidence.scaleOuts)) {
    found.push(...of(scaleOutTime, { ...open, quantity: "scale-out", toReady: "all", scope: {} }));
    found.push(...of(scaleOutTime, { ...open, quantity: "scale-out", toAnswering: "all", scope: {} }));
  }
  if (has(evidence.nodeFailures)) {
    for (const measure of RECOVERY)
      found.push(...of(recoveryTime, { ...open, quantity: "recovery", measure, scope: {} }));
  }
  if (has(evidence.coldStarts)) for (const asked of COLD) found.push(...of(...asked));
  return found;
}

/** All figures of a run that a trend can be made of; broken phases have none, a broken run or a rehearsal neither. */
export function runFigures(run: RecordedRun): RunFigures {
  const evidence = evidenceOf(run);
  const whole = [...evidence.broken];
  if (evidence.pace !== undefined) whole.push(`a rehearsal at a pace of ${evidence.pace} decides nothing`);
  const kept = { folder: run.folder, header: run.header };
  if (whole.length > 0)
    return { ...kept, figures: [], broken: whole.map((reason) => ({ phase: undefined, reason })) };
  const broken: RunFigures["broken"] = [];
  const figures = evidence.phases.flatMap((phase) => {
    const reasons = brokenPhase(evidence, phase);
    broken.push(...reasons.map((reason) => ({ phase: phase.name, reason })));
    return reasons.length > 0 ? [] : phaseFigures(evidence, phase);
  });
  return { ...kept, figures, broken };
}
