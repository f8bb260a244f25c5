import type { PodTimeline, Sample } from "../record/model.ts";
import type { FunctionName } from "../rig/functions/function-images.ts";
import { atShare } from "./offered-rate.ts";
import type { Session } from "./session.ts";

/** Which function is scaled out, and how far. */
export interface ScaleOutSpec {
  /** The phase that is going on. */
  phase: string;
  /** A deployed function, which is loaded meanwhile. */
  fn: FunctionName;
  /** Ready replicas before. */
  from: number;
  /** Replicas that are asked for. */
  to: number;
}

const LOAD_MS = 12_000;
/** Enough requests that a new pod of eight is hit about 8 times a second. */
const RATE = 60;
const READY_LIMIT_MS = 30_000;

/** When each pod first answered a request, by its UID: the end of the first completed request that it served. */
export function firstAnswers(samples: readonly Sample[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { outcome, pod, intendedAt, durationMs } of samples) {
    if (outcome !== "completed") continue;
    const at = intendedAt + durationMs;
    first.set(pod, Math.min(at, first.get(pod) ?? Infinity));
  }
  return first;
}

/** Scales under load and records each pod's way from asked to its first answer; a pod that never got there stays so. */
export async function measureScaleOut(
  session: Session,
  { phase, fn, from, to }: ScaleOutSpec,
): Promise<void> {
  const limitMs = READY_LIMIT_MS * session.patience;
  await session.rig.functions.scale(fn, from, limitMs);
  await session.rig.functions.settle(fn, from, limitMs);
  const asked = { phase, fn, path: "?n=15", ratePerSecond: RATE, durationMs: LOAD_MS * session.patience };
  const load = session.load(atShare(asked, session.rate, "as-long"));
  load.catch(() => undefined);
  await recordScaleOut(session, { phase, fn, to }, load);
}

/** Asks for `to` replicas now, and records when each pod was ready and first answered a request of the load. */
export async function recordScaleOut(
  session: Session,
  { phase, fn, to }: Omit<ScaleOutSpec, "from">,
  load: Promise<Sample[]>,
): Promise<void> {
  const scaled = await session.rig.functions.scale(fn, to, READY_LIMIT_MS * session.patience);
  const answered = firstAnswers(await load);
  const pods = scaled.pods.map((pod): PodTimeline => {
    const firstAnswerAt = answered.get(pod.uid);
    return firstAnswerAt === undefined ? pod : { ...pod, firstAnswerAt };
  });
  session.recorder.event({ type: "scale-out", at: Date.now(), scaleOut: { phase, ...scaled, pods } });
}
