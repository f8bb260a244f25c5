import type { Observation, PodTimeline, Sample } from "../record/model.ts";
import { ScaleWatch } from "../rig/functions/scale-watch.ts";
import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import { firstAnswers } from "./scale-out.ts";
import type { Session } from "./session.ts";

/** A load that an autoscaler is to follow. */
export interface LoadStepSpec {
  /** The phase that is going on. */
  phase: string;
  /** An autoscaled function. */
  fn: string;
  /** Path and query below the function's own. @default none */
  path?: string;
  /** Requests a second. */
  ratePerSecond: number;
  /** How long, ms. */
  durationMs: number;
  /** Until a request counts as timed out, ms. @default 5000 */
  timeoutMs?: number;
  /** Replicas that the load needs: rate x time in the function / the autoscaler's target for one replica. */
  to: number;
}

interface WatchedLoad {
  samples: Sample[];
  /** When the load's first request was due; k6 takes a while to start. */
  askedAt: number;
  /** Ready replicas before. */
  from: number;
  watch: ScaleWatch;
}

/** Puts the load on the function while its replicas are watched. */
async function watchedLoad(session: Session, { to: _, ...load }: LoadStepSpec): Promise<WatchedLoad> {
  const config = loadKubeconfig(session.rig.kubeconfig);
  const { namespace } = session.rig;
  const watch = await ScaleWatch.begin(config, load.fn, (node) => session.classOf(node), namespace);
  try {
    const from = watch.story.readyCount;
    watch.asked();
    const samples = await session.load(load);
    const askedAt = samples.reduce((first, { intendedAt }) => Math.min(first, intendedAt), Infinity);
    return { samples, askedAt, from, watch };
  } finally {
    watch.stop();
  }
}

const observe = (session: Session, observation: Omit<Observation, "deviceClass">): void =>
  session.recorder.event({
    type: "observation",
    at: Date.now(),
    observation: { ...observation, deviceClass: "" },
  });

/**
 * Puts a load on an autoscaled function all at once, and records what the autoscaler made of it: each pod's way from the
 * load's first request to its first answer, the replicas once a second, and by how many it overshot.
 */
export async function measureLoadStep(session: Session, spec: LoadStepSpec): Promise<void> {
  const { phase, fn, to } = spec;
  const { samples, askedAt, from, watch } = await watchedLoad(session, spec);
  const answered = firstAnswers(samples);
  const pods = watch.story.pods.map((pod): PodTimeline => {
    const firstAnswerAt = answered.get(pod.uid);
    return { ...pod, askedAt, ...(firstAnswerAt === undefined ? {} : { firstAnswerAt }) };
  });
  const scaleOut = { phase, from, to, askedAt, pods, replicas: watch.replicas };
  session.recorder.event({ type: "scale-out", at: Date.now(), scaleOut });
  const { mostDesired } = watch.story;
  observe(session, {
    ...{ phase, observable: "overshoot", subject: fn, unit: "count" },
    value: Math.max(0, mostDesired - to),
    detail: `${mostDesired} replicas were wanted, the load needs ${to}`,
  });
}

/**
 * Puts a smaller load on a function, and records how it scales in: the replicas once a second, and when the autoscaler
 * wanted no more than `to`. Whether requests are lost meanwhile, the samples show.
 */
export async function measureScaleIn(session: Session, spec: LoadStepSpec): Promise<void> {
  const { phase, fn, to } = spec;
  const { askedAt, from, watch } = await watchedLoad(session, spec);
  const { replicas } = watch;
  const scaleOut = { phase, from, to, askedAt, pods: [], replicas };
  session.recorder.event({ type: "scale-out", at: Date.now(), scaleOut });
  const reached = replicas.find(({ at, desired }) => at >= askedAt && desired <= to);
  observe(session, {
    ...{ phase, observable: "time-to-scale-in", subject: fn, unit: "ms" },
    ...(reached ? { value: reached.at - askedAt } : {}),
    detail: `from ${from} replicas to ${replicas.at(-1)?.desired ?? from}, ${to} wanted; asked once a second`,
  });
}
