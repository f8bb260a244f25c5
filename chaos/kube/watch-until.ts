import { type KubeConfig, Watch } from "@kubernetes/client-node";

const PAUSE_MS = 250;

export interface WatchUntil<T> {
  /** Such as `/api/v1/nodes`. */
  path: string;
  list: () => Promise<{ items: T[]; metadata?: { resourceVersion?: string } }>;
  /** Resolves when this says true of an object of the list, or of one that changed; `gone`: it was deleted. */
  done: (object: T, gone: boolean) => boolean;
  timeoutMs: number;
  query?: Record<string, string>;
}

/** What ended one watch: what was waited for came, or the server ended it. */
async function watchOnce<T>(
  config: KubeConfig,
  { path, query, done }: WatchUntil<T>,
  from: string,
  signal: AbortSignal,
): Promise<boolean> {
  let came = false;
  let controller: AbortController | undefined;
  const stop = (): void => controller?.abort();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const onEvent = (kind: string, object: T): void => {
        if (kind === "ERROR") return resolve();
        if (kind === "BOOKMARK" || !done(object, kind === "DELETED")) return;
        came = true;
        resolve();
      };
      const ended = (error: unknown): void =>
        error ? reject(new Error("the watch broke", { cause: error })) : resolve();
      new Watch(config).watch(path, { ...query, resourceVersion: from }, onEvent, ended).then((opened) => {
        controller = opened;
        if (signal.aborted) opened.abort();
      }, reject);
    });
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
  return came;
}

/**
 * Lists, then watches, until what is waited for came. An API server that does not answer meanwhile is asked again.
 * Resolves with false at the time limit.
 */
export async function watchUntil<T>(config: KubeConfig, wanted: WatchUntil<T>): Promise<boolean> {
  const limit = AbortSignal.timeout(wanted.timeoutMs);
  const late = new Promise<"late">((resolve) => limit.addEventListener("abort", () => resolve("late")));
  while (!limit.aborted) {
    const round = (async () => {
      try {
        const { items, metadata } = await wanted.list();
        if (items.some((item) => wanted.done(item, false))) return true;
        return await watchOnce(config, wanted, metadata?.resourceVersion ?? "0", limit);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        return false;
      }
    })();
    const came = await Promise.race([round, late]);
    if (came === true) return true;
  }
  return false;
}
