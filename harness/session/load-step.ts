import type { PodTimeline } from "../record/model.ts";
import { ScaleWatch } from "../rig/functions/scale-watch.ts";
import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import { firstAnswers } from "./scale-out.ts";
import type { Session } from "./session.ts";

export interface LoadStepSpec {
  phase: string;
  fn: string;
  path?: string;
  ratePerSecond: number;
  durationMs: number;
  timeoutMs?: number;
  /** Replicas that the load needs: rate x time in the function / the autoscaler's target for one replica. */
  to: number;
}

/**
 * Puts a load on an autoscaled function all at once, and records what the autoscaler made of it: each pod's way from the
 * load's first request to its first answer, the replicas once a second, and by how many it overshot.
 */
export async function measureLoadStep(session: Session, spec: LoadStepSpec): Promise<void> {
  const { to, ...load } = spec;
  const { phase, fn } = load;
  const watch = await ScaleWatch.begin(loadKubeconfig(session.rig.kubeconfig), fn, (node) =>
    session.classOf(node),
  );
  try {
    const from = watch.story.readyCount;
    watch.asked();
    const samples = await session.load(load);
    // k6 takes a while to start: the function was asked when its first request was.
    const askedAt = samples.reduce((first, { intendedAt }) => Math.min(first, intendedAt), Infinity);
    const answered = firstAnswers(samples);
    const pods = watch.story.pods.map((pod): PodTimeline => {
      const firstAnswerAt = answered.get(pod.uid);
      return { ...pod, askedAt, ...(firstAnswerAt === undefined ? {} : { firstAnswerAt }) };
    });
    const { mostDesired } = watch.story;
    const scaleOut = { phase, from, to, askedAt, pods, replicas: watch.replicas };
    session.recorder.event({ type: "scale-out", at: Date.now(), scaleOut });
    session.recorder.event({
      type: "observation",
      at: Date.now(),
      observation: {
        phase,
        observable: "overshoot",
        subject: fn,
        deviceClass: "",
        unit: "count",
        value: Math.max(0, mostDesired - to),
        detail: `${mostDesired} replicas were wanted, the load needs ${to}`,
      },
    });
  } finally {
    watch.stop();
  }
}
