import type { Interval, Phase, RecordedRun, Verdict } from "../record/model.ts";
import type { RunFacts } from "../record/run-facts.ts";
import { brokenPhase, evidenceOf, loadProblems, type Evidence } from "./evidence.ts";
import { formatValue, type Unit } from "./format.ts";
import type { Judgement } from "./judgement.ts";
import type { Measured, Quantity } from "./measured.ts";
import { availability } from "./measure-availability.ts";
import { coldStartTime } from "./measure-cold-starts.ts";
import { messageDuplicates, messageLoss, messageRoundTrip } from "./measure-messages.ts";
import { recoveryTime, scaleOutTime } from "./measure-observations.ts";
import { observed } from "./measure-observed.ts";
import { errorRate, responseTime, throughput } from "./measure-requests.ts";
import { storageLatency, storageLost } from "./measure-storage.ts";
import { isAboutPhase, type Objective } from "./objective.ts";
import { CONFIDENCE } from "./quantile.ts";
import { saturation } from "./saturation.ts";

// Each entry only ever sees objectives of its own quantity.
const QUANTITY: Record<Objective["quantity"], Quantity<never>> = {
  "response-time": responseTime,
  "error-rate": errorRate,
  availability,
  throughput,
  "scale-out": scaleOutTime,
  "cold-start": coldStartTime,
  recovery: recoveryTime,
  observation: observed,
  "message-loss": messageLoss,
  "message-duplicates": messageDuplicates,
  "message-round-trip": messageRoundTrip,
  "storage-latency": storageLatency,
  "storage-lost": storageLost,
};

const quantityOf = (objective: Objective): Quantity<Objective> =>
  QUANTITY[objective.quantity] as Quantity<Objective>;

export const objectiveUnit = (objective: Objective): Unit => quantityOf(objective).unit(objective);

const SIGNS = { upper: "<=", lower: ">=", exact: "=" } as const;

const expectedOf = (objective: Objective): string => {
  const { unit, limitIs, title } = quantityOf(objective);
  return `${title(objective)} ${SIGNS[limitIs(objective)]} ${formatValue(objective.limit, unit(objective))}`;
};

/** Where nothing but the scatter of a measurement kept it from a verdict, a judgement's reason begins with this. */
export const ACROSS_LIMIT = "the interval reaches across the limit";

type Decision = Pick<Judgement, "verdict"> & { reasons: string[] };

/** Met when the whole interval is inside the limit, missed when the whole of it is outside. */
const compare = (objective: Objective, { value, interval, n, needed }: Measured): Decision => {
  if (value === undefined || n === 0) return { verdict: "inconclusive", reasons: ["nothing was measured"] };
  if (interval && n < needed) {
    return { verdict: "inconclusive", reasons: [`${n} samples, at least ${needed} are needed`] };
  }
  const limitIs = quantityOf(objective).limitIs(objective);
  const { limit } = objective;
  const { low, high } = interval ?? { low: value, high: value };
  const below = limitIs === "lower" || high <= limit;
  const above = limitIs === "upper" || low >= limit;
  const inside = below && above;
  const outside = (limitIs !== "lower" && low > limit) || (limitIs !== "upper" && high < limit);
  if (inside) return { verdict: "met", reasons: [] };
  if (outside) return { verdict: "missed", reasons: [] };
  return { verdict: "inconclusive", reasons: [ACROSS_LIMIT] };
};

/** What keeps a phase's facts from deciding; all of it is told. */
const doubts = (objective: Objective, evidence: Evidence, phase: Phase, found: Measured): string[] => {
  const { timing, load } = quantityOf(objective);
  const reasons = [...found.inconclusive];
  if (evidence.pace !== undefined) reasons.push(`a rehearsal at a pace of ${evidence.pace} decides nothing`);
  const model = "model" in objective.scope ? objective.scope.model : undefined;
  if (load) reasons.push(...loadProblems(evidence, phase, found.function || undefined, model));
  if (timing(objective)) {
    const own = evidence.pressure.filter((pressure) => pressure.phase === phase.name);
    if (own.length === 0) reasons.push("the host's pressure was not recorded");
    reasons.push(...own.map(saturation).filter((reason) => reason !== undefined));
  }
  return reasons;
};

const decide = (objective: Objective, evidence: Evidence, phase: Phase, found: Measured): Decision => {
  const broken = [...brokenPhase(evidence, phase), ...found.broken];
  if (broken.length > 0) return { verdict: "broken", reasons: broken };
  const compared = compare(objective, found);
  const doubtful = doubts(objective, evidence, phase, found);
  const verdict: Verdict = doubtful.length > 0 ? "inconclusive" : compared.verdict;
  return { verdict, reasons: [...doubtful, ...compared.reasons, ...found.notes] };
};

const intervalOf = ({ interval, n, needed }: Measured): Interval | undefined =>
  interval === undefined || n < needed ? undefined : { ...interval, confidence: CONFIDENCE };

const knownFailure = ({ knownFailure: text }: Objective): { knownFailure?: string } =>
  text === undefined ? {} : { knownFailure: text };

/** A known failure that did not show is news, too. */
const expectation = ({ knownFailure: text }: Objective, verdict: Verdict): string[] => {
  if (text === undefined) return [];
  if (verdict === "missed") return [`known failure: ${text}`];
  return verdict === "met" ? [`met, though a failure is known: ${text}`] : [];
};

const judgeIn = (objective: Objective, evidence: Evidence, phase: Phase): Judgement[] =>
  quantityOf(objective)
    .measure(objective, evidence, phase)
    .map((found): Judgement => {
      const { verdict, reasons } = decide(objective, evidence, phase, found);
      return {
        objective: objective.name,
        quantity: objective.quantity,
        scope: {
          phase: phase.name,
          phaseKind: phase.kind,
          profile: phase.profile,
          function: found.function,
          deviceClass: found.deviceClass,
          ...(found.node ? { node: found.node } : {}),
          ...(found.site ? { site: found.site } : {}),
        },
        verdict,
        expected: expectedOf(objective),
        limit: objective.limit,
        unit: quantityOf(objective).unit(objective),
        received: found.value,
        interval: intervalOf(found),
        n: found.n,
        ...knownFailure(objective),
        reason: [...expectation(objective, verdict), ...reasons].join("; "),
      };
    });

const matches = ({ scope }: Objective, phase: Phase): boolean =>
  isAboutPhase(scope.phase, phase.name) &&
  (scope.profile ?? phase.profile) === phase.profile &&
  (scope.phaseKind ?? phase.kind) === phase.kind;

/** Nothing in the run to hold the objective against: that is the run's trouble, not a pass. */
const notFound = (objective: Objective, evidence: Evidence): Judgement => {
  const scope: { function?: string; deviceClass?: string } & typeof objective.scope = objective.scope;
  const { phase = "", profile = "", phaseKind = "", deviceClass = "", function: fn = "" } = scope;
  const wanted = Object.entries({ phase, profile, kind: phaseKind })
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key} ${value}`);
  return {
    objective: objective.name,
    quantity: objective.quantity,
    scope: { phase, phaseKind, profile, function: fn, deviceClass },
    verdict: "broken",
    expected: expectedOf(objective),
    limit: objective.limit,
    unit: quantityOf(objective).unit(objective),
    received: undefined,
    interval: undefined,
    n: 0,
    ...knownFailure(objective),
    reason: [
      ...evidence.broken,
      ...evidence.aborts.map((abort) => `a guard rail ended phase ${abort.phase}: ${abort.reason}`),
      `the run has no phase with ${wanted.join(", ") || "any name"}`,
    ].join("; "),
  };
};

/**
 * Holds a run against objectives: pure, so the same run and objectives always give the same judgements, in the order
 * of the objectives, then of the phases, the functions and the device classes.
 */
export const judge = (run: RecordedRun | RunFacts, objectives: readonly Objective[]): Judgement[] => {
  const evidence = evidenceOf(run);
  return objectives.flatMap((objective) => {
    const phases = evidence.phases.filter((phase) => matches(objective, phase));
    return phases.length === 0
      ? [notFound(objective, evidence)]
      : phases.flatMap((phase) => judgeIn(objective, evidence, phase));
  });
};
