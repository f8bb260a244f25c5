import type { Observation, Phase } from "../record/model.ts";
import type { Evidence } from "./evidence.ts";
import { measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";

type Observed = ObjectiveOf<"observation">;

const LIMIT_IS = { "<=": "upper", ">=": "lower", "=": "exact" } as const;

/** What an observation counts as; what never came is as bad as can be. */
const valueOf = (objective: Observed, { value }: Observation): number =>
  value ?? (objective.operator === ">=" ? -Infinity : Infinity);

const badness = (objective: Observed, one: Observation): number => {
  const value = valueOf(objective, one);
  if (objective.operator === "=") return Math.abs(value - objective.limit);
  return objective.operator === ">=" ? -value : value;
};

const worstOf = (objective: Observed, group: readonly Observation[]): Observation =>
  group.reduce((worst, one) => (badness(objective, one) > badness(objective, worst) ? one : worst));

function judged(objective: Observed, group: readonly Observation[], deviceClass: string): Measured {
  const worst = worstOf(objective, group);
  const { subject, detail } = worst;
  const whose = group.length > 1 ? `worst of ${group.length}` : "";
  const broken = group.some(({ unit }) => unit !== objective.unit)
    ? [`${objective.observable} is observed in ${worst.unit}, the objective's limit is in ${objective.unit}`]
    : [];
  const notes = [[whose, subject, detail].filter((part) => part !== "").join(", ")].filter(
    (text) => text !== "",
  );
  return measured({ value: valueOf(objective, worst), n: group.length, deviceClass, notes, broken });
}

/** Observations that a result each is about: by class, by subject, or all. */
function groupsOf(objective: Observed, own: readonly Observation[]): Map<string, Observation[]> {
  const { deviceClass, subject } = objective.scope;
  const key = ({ deviceClass: ofClass, subject: ofSubject }: Observation): string =>
    [deviceClass === "*" ? ofClass : "", subject === "*" ? ofSubject : ""].join("\0");
  const groups = new Map<string, Observation[]>();
  for (const one of own) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

/** A pair is the same whichever end is named first. */
const pairSorted = (subject: string): string => subject.split(" <-> ").toSorted().join(" <-> ");

/** What observers saw of a fault's damage and of the recovery from it; an observation is not a sample, it decides alone. */
export const observed: Quantity<Observed> = {
  unit: ({ unit }) => unit,
  limitIs: ({ operator }) => LIMIT_IS[operator],
  timing: ({ unit }) => unit === "ms",
  load: false,
  title: ({ observable }) => observable,
  measure: (objective, evidence: Evidence, phase: Phase) => {
    const { observable, scope } = objective;
    const { deviceClass = "", subject = "" } = scope;
    const fits = (wanted: string, found: string): boolean =>
      wanted === "" || wanted === "*" || pairSorted(wanted) === pairSorted(found);
    const own = evidence.observations.filter(
      (one) =>
        one.phase === phase.name &&
        one.observable === observable &&
        fits(deviceClass, one.deviceClass) &&
        fits(subject, one.subject),
    );
    if (own.length === 0) {
      const of = [subject, deviceClass].filter((part) => part !== "" && part !== "*");
      const whose = of.length > 0 ? ` of ${of.join(", ")}` : "";
      return [measured({ broken: [`nothing was observed: no ${observable}${whose} in ${phase.name}`] })];
    }
    return [...groupsOf(objective, own).values()].map((group) =>
      judged(objective, group, deviceClass === "*" ? (group[0]?.deviceClass ?? "") : deviceClass),
    );
  },
};
