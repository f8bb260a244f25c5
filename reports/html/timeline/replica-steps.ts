import type { Phase, PodTimeline, ScaleOut } from "../../../harness/record/model.ts";

/** Replicas from one moment to the next; ms since the Unix epoch. */
export interface ReplicaStep {
  at: number;
  desired: number;
  ready: number;
}

export interface ReplicaSteps {
  phase: string;
  steps: ReplicaStep[];
  /** Until when the last step holds. */
  endsAt: number;
}

const readyMoments = (pods: readonly PodTimeline[]): number[] =>
  pods.flatMap(({ readyAt }) => (readyAt === undefined ? [] : [readyAt])).toSorted((a, b) => a - b);

/** Counted each second where an autoscaler decided; else made of what was asked for and when each pod was ready. */
const stepsOf = ({ from, to, askedAt, pods, replicas }: ScaleOut): ReplicaStep[] => {
  if (replicas) return replicas.map(({ at, desired, ready }) => ({ at, desired, ready }));
  return [
    { at: askedAt, desired: to, ready: from },
    ...readyMoments(pods).map((at, index) => ({ at, desired: to, ready: from + index + 1 })),
  ];
};

export const replicaSteps = (scaleOuts: readonly ScaleOut[], phases: readonly Phase[]): ReplicaSteps[] =>
  scaleOuts.flatMap((scaleOut) => {
    const steps = stepsOf(scaleOut);
    const last = steps.at(-1);
    if (last === undefined) return [];
    const phase = phases.find(({ name }) => name === scaleOut.phase);
    return [{ phase: scaleOut.phase, steps, endsAt: Math.max(last.at, phase?.endedAt ?? last.at) }];
  });

/** The last step before a moment, of whichever scale-out was going on then. */
export const replicasAt = (all: readonly ReplicaSteps[], at: number): ReplicaStep | undefined =>
  all
    .filter(({ steps, endsAt }) => steps[0]!.at <= at && at <= endsAt)
    .map(({ steps }) => steps.findLast((step) => step.at <= at))
    .at(-1);
