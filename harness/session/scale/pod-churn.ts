import type { ApiRequests } from "../../rig/kube/api-request.ts";
import type { Census } from "./census.ts";
import { createPod, deletePod } from "./grow.ts";

/** A pod that has not started by then never does, as far as the SLI goes: six times its limit. */
const START_LIMIT_MS = 30_000;

export interface Churn {
  /** From the call that creates a pod to its observed start, ms; infinite where it did not start. */
  startsMs: number[];
  /** Pods that the API did not take, with its words. */
  refused: string[];
}

export interface ChurnOptions {
  perSecond: number;
  /** How long pods are created, ms. */
  durationMs: number;
  /** Tells one window's pods from another's. */
  prefix: string;
  signal: AbortSignal;
}

/**
 * Creates pods at a constant rate, whatever becomes of those before, and deletes each once its start was observed.
 * Resolves when the last one was, or was given up.
 *
 * The SLI begins at the pod's creation timestamp, which has whole seconds only; this begins when the call is sent, which
 * is never later.
 */
export async function churnPods(
  api: ApiRequests,
  census: Census,
  { perSecond, durationMs, prefix, signal }: ChurnOptions,
): Promise<Churn> {
  const createdAt = new Map<string, number>();
  const startsMs: number[] = [];
  const refused: string[] = [];
  const calls: Promise<unknown>[] = [];
  const forget = census.whenStarted((name, at) => {
    const created = createdAt.get(name);
    if (created === undefined) return;
    createdAt.delete(name);
    startsMs.push(at - created);
    calls.push(deletePod(api, name));
    census.changes.tell();
  });
  const begin = (index: number): void => {
    const name = `${prefix}-${index}`;
    createdAt.set(name, performance.now());
    calls.push(
      createPod(api, name).catch((error: unknown) => {
        createdAt.delete(name);
        refused.push(String(error));
      }),
    );
  };
  try {
    await atConstantRate(perSecond, durationMs, signal, begin);
    await census.changes.until(() => createdAt.size === 0, START_LIMIT_MS, signal);
    const late = [...createdAt.keys()];
    startsMs.push(...late.map(() => Infinity), ...refused.map(() => Infinity));
    calls.push(...late.map((name) => deletePod(api, name)));
    return { startsMs, refused };
  } finally {
    forget();
    await Promise.allSettled(calls);
  }
}

/** Calls `begin` for each slot of the window at its own time, counted from the window's start, so that no delay adds up. */
export async function atConstantRate(
  perSecond: number,
  durationMs: number,
  signal: AbortSignal,
  begin: (index: number) => void,
): Promise<void> {
  const began = performance.now();
  const count = Math.round((perSecond * durationMs) / 1000);
  await new Promise<void>((resolve, reject) => {
    let index = 0;
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const next = (): void => {
      const elapsed = performance.now() - began;
      while (index < count && (index * 1000) / perSecond <= elapsed) begin(index++);
      const dueMs = index < count ? (index * 1000) / perSecond : durationMs;
      if (index >= count && elapsed >= durationMs) {
        signal.removeEventListener("abort", abort);
        resolve();
      } else timer = setTimeout(next, Math.max(1, dueMs - elapsed));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    next();
  });
}
