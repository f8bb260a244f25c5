import type { ColdStart, PodTimeline } from "../record/model.ts";
import { type SingleAnswer, singleRequest } from "../load/single-request.ts";
import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import type { ScaleStory } from "../rig/functions/scale-story.ts";
import { ScaleWatch } from "../rig/functions/scale-watch.ts";
import type { Session } from "./session.ts";

/** Which function is woken, and how long is waited. */
export interface ColdStartSpec {
  /** The phase that is going on. */
  phase: string;
  /** Deployed with no replica as its least number. */
  fn: string;
  /** Until a request counts as never answered. @default 60000 */
  timeoutMs?: number;
  /** Until the pods of earlier requests must be gone. @default 180000 */
  goneTimeoutMs?: number;
}

/** Beyond what clocks of one host and a process's start differ by. */
const OLDER_MS = 50;

/** Why an answer does not show a cold start; empty if it does. */
export function notCold(answer: SingleAnswer, pod: PodTimeline | undefined): string {
  if (answer.status === 0) return "";
  const started = Number(answer.headers["edgeproof-process-start"]);
  if (Number.isNaN(started)) return "";
  const age = answer.askedAt - started;
  if (age > OLDER_MS) return `the process that answered was ${Math.round(age)} ms older than the request`;
  const createdAt = pod?.createdAt;
  if (createdAt !== undefined && createdAt < answer.askedAt)
    return `the pod that answered was made ${Math.round(answer.askedAt - createdAt)} ms before the request`;
  return "";
}

const outcomeOf = ({ status, headers, error }: SingleAnswer): ColdStart["outcome"] => {
  if (error === "timed out") return "timed-out";
  return status >= 200 && status < 300 && headers["edgeproof-pod-uid"] !== undefined ? "completed" : "failed";
};

/**
 * Waits until no pod of the function exists and no endpoint leads to one, asks once, and records the time and the way of
 * the pod that answered.
 */
export async function measureColdStart(session: Session, spec: ColdStartSpec): Promise<ColdStart> {
  const { patience } = session;
  const { phase, fn, timeoutMs = 60_000 * patience, goneTimeoutMs = 180_000 * patience } = spec;
  const classOf = (node: string): string => session.classOf(node);
  const { kubeconfig, namespace } = session.rig;
  const watch = await ScaleWatch.begin(loadKubeconfig(kubeconfig), fn, classOf, namespace);
  try {
    await watch.until(
      ({ podCount, endpointCount, desired }) => podCount === 0 && endpointCount === 0 && desired === 0,
      `the end of the last pod of ${fn}`,
      { timeoutMs: goneTimeoutMs, signal: session.signal },
    );
    watch.asked();
    const { url, host } = session.gateway.route(fn);
    const answer = await singleRequest(session.rig.tester, url, {
      ...{ timeoutMs, signal: session.signal },
      ...(host === undefined ? {} : { request: { headers: { host } } }),
    });
    const { headers, askedAt, durationMs, status } = answer;
    const uid = headers["edgeproof-pod-uid"] ?? "";
    // The news that it is ready may be on its way still; without them its way is shown as far as it is known.
    const known = ({ pods }: ScaleStory): boolean =>
      pods.some((pod) => pod.uid === uid && pod.readyAt !== undefined);
    if (uid !== "")
      await watch.until(known, "the news of the pod", { timeoutMs: 5_000 }).catch(() => undefined);
    const pod = watch.story.pods.find((one) => one.uid === uid);
    const node = headers["edgeproof-node"] ?? "";
    const coldStart: ColdStart = {
      ...{ phase, fn, askedAt, durationMs, status, node },
      outcome: outcomeOf(answer),
      ...(pod ? { pod: { ...pod, askedAt, firstAnswerAt: askedAt + durationMs } } : {}),
      deviceClass: classOf(node),
      functionMs: Number(headers["edgeproof-function-ms"] ?? 0),
      excluded: notCold(answer, pod),
    };
    session.recorder.event({ type: "cold-start", at: Date.now(), coldStart });
    return coldStart;
  } finally {
    watch.stop();
  }
}
