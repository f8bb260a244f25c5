import type { NodeFailure, Phase, PodTimeline, ScaleOut } from "../record/model.ts";
import type { Evidence } from "./evidence.ts";
import { expand, measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";

const single = (value: number | undefined, changes: Partial<Measured>): Measured =>
  measured({ value, n: value === undefined ? 0 : 1, ...changes });

const scaleOutCase = (
  objective: ObjectiveOf<"scale-out">,
  scaleOut: ScaleOut,
  deviceClass: string,
): Measured => {
  const wanted = objective.toReady ?? objective.toAnswering ?? "all";
  const reached = ({ readyAt, firstAnswerAt }: PodTimeline): number =>
    (objective.toReady === undefined ? firstAnswerAt : readyAt) ?? Infinity;
  // Pods that were there before count from the start, whether the recorder lists them or not.
  const listedBefore = scaleOut.pods.filter(
    ({ createdAt = Infinity }) => createdAt < scaleOut.askedAt,
  ).length;
  const unlisted = deviceClass === "" ? Math.max(0, scaleOut.from - listedBefore) : 0;
  const own = scaleOut.pods.filter((pod) => deviceClass === "" || pod.deviceClass === deviceClass);
  const after = [
    ...Array.from({ length: unlisted }, () => 0),
    ...own.map((pod) => Math.max(0, reached(pod) - scaleOut.askedAt)),
  ].sort((a, b) => a - b);
  const count = wanted === "all" ? (deviceClass === "" ? scaleOut.to : after.length) : wanted;
  const arrived = after.filter((ms) => ms < Infinity).length;
  const notes = arrived < count ? [`${arrived} of ${count} pods got there`] : [];
  if (deviceClass === "") {
    const broken =
      count > scaleOut.to ? [`the scale-out asked for ${scaleOut.to} pods, the objective for ${count}`] : [];
    return single(after[count - 1] ?? Infinity, { notes, broken });
  }
  const nowhere = scaleOut.pods.filter((pod) => pod.deviceClass === undefined).length;
  const inconclusive =
    nowhere === 0
      ? []
      : [`${nowhere} of ${scaleOut.pods.length} pods never got to a node, of whatever class`];
  if (count === 0) inconclusive.push("no pod was placed on this class");
  return single(after.at(-1), { deviceClass, notes, inconclusive });
};

/** Time from sending the new replica count until so many pods are ready, or have answered; a single observation. */
export const scaleOutTime: Quantity<ObjectiveOf<"scale-out">> = {
  unit: () => "ms",
  limitIs: () => "upper",
  timing: () => true,
  load: false,
  title: ({ toReady, toAnswering }) =>
    toReady === undefined ? `${toAnswering} pods answering` : `${toReady} pods ready`,
  measure: (objective, evidence, phase) => {
    const own = evidence.scaleOuts.filter((scaleOut) => scaleOut.phase === phase.name);
    if (own.length === 0) return [measured({ broken: [`no scale-out was recorded in ${phase.name}`] })];
    const classes = expand(objective.scope.deviceClass, evidence.deviceClasses);
    return own.flatMap((scaleOut) => classes.map((name) => scaleOutCase(objective, scaleOut, name)));
  },
};

/** Milliseconds until the last request that did not complete; infinite unless one completed after it. */
const errorWindow = (failure: NodeFailure, evidence: Evidence, phase: Phase): Partial<Measured> => {
  const requests = evidence.requestsOf(phase.name);
  if (requests.length === 0) return { broken: [`there was no load in ${phase.name} to show errors`] };
  const { lastErrorAt, killedAt } = failure;
  if (lastErrorAt === undefined) return { value: 0, notes: ["no request failed"] };
  const recovered = requests.some(({ lastCompletedAt }) => lastCompletedAt > lastErrorAt);
  return recovered
    ? { value: Math.max(0, lastErrorAt - killedAt) }
    : { value: Infinity, notes: ["no request completed after the last error of the phase"] };
};

const since = (from: number, to: number | undefined): number => (to === undefined ? Infinity : to - from);

const recoveryCase = (
  { measure }: ObjectiveOf<"recovery">,
  failure: NodeFailure,
  evidence: Evidence,
  phase: Phase,
): Partial<Measured> => {
  switch (measure) {
    case "time-to-not-ready":
      return { value: since(failure.killedAt, failure.notReadyAt) };
    case "time-to-replacement-ready":
      return { value: since(failure.killedAt, failure.replacementReadyAt) };
    case "error-window":
      return errorWindow(failure, evidence, phase);
    case "time-to-node-ready-again":
      return failure.restartedAt === undefined
        ? { inconclusive: [`${failure.node} was not started again`] }
        : { value: since(failure.restartedAt, failure.nodeReadyAgainAt) };
  }
};

const TITLES = {
  "time-to-not-ready": "kill -> node NotReady",
  "time-to-replacement-ready": "kill -> replacement ready",
  "error-window": "kill -> last error",
  "time-to-node-ready-again": "restart -> node Ready",
} as const;

/** Offsets of a node failure; each a single observation. The phase is the one in which the node was killed. */
export const recoveryTime: Quantity<ObjectiveOf<"recovery">> = {
  unit: () => "ms",
  limitIs: () => "upper",
  timing: () => true,
  load: false,
  title: ({ measure }) => TITLES[measure],
  measure: (objective, evidence, phase) => {
    const wanted = objective.scope.deviceClass ?? "*";
    const own = evidence.nodeFailures.filter(
      (failure) => failure.phase === phase.name && (wanted === "*" || failure.deviceClass === wanted),
    );
    if (own.length === 0) {
      const whose = wanted === "*" ? "" : ` of a ${wanted}`;
      return [measured({ broken: [`no node failure${whose} was recorded in ${phase.name}`] })];
    }
    return own.map((failure) => {
      const found = recoveryCase(objective, failure, evidence, phase);
      return single(found.value, { deviceClass: failure.deviceClass, ...found });
    });
  },
};
