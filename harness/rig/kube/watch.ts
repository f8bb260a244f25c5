import { type KubeConfig, Watch } from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";

export type WatchEvent = "ADDED" | "MODIFIED" | "DELETED";

export interface Watched {
  metadata?: { uid?: string; resourceVersion?: string };
}

export interface Listed<T> {
  items: T[];
  metadata?: { resourceVersion?: string };
}

export interface WatchHandlers<T> {
  /** Called for every object of the list, then for every change; `at` is when it was received, ms since the epoch. */
  onEvent(event: WatchEvent, object: T, at: number): void;
  onError?(error: Error): void;
}

export interface RunningWatch {
  stop(): void;
  /** Resolves when the first list was delivered. */
  listed: Promise<void>;
}

/**
 * Lists, then watches from there; a watch that the server ends is taken up again, so that no change is missed. After an
 * error it lists anew: what is there comes as ADDED once more, what went meanwhile as DELETED.
 */
export function follow<T extends Watched>(
  config: KubeConfig,
  path: string,
  list: () => Promise<Listed<T>>,
  handlers: WatchHandlers<T>,
  query: Record<string, string> = {},
): RunningWatch {
  let stopped = false;
  const live = new Map<string, T>();
  const deliver = (event: WatchEvent, object: T, at: number): void => {
    const uid = object.metadata?.uid ?? "";
    if (event === "DELETED") live.delete(uid);
    else live.set(uid, object);
    handlers.onEvent(event, object, at);
  };
  // A function: what a loop's condition says of a variable, types take to be so after an await too.
  const isStopped = (): boolean => stopped;
  let abort: AbortController | undefined;
  let listedOnce: () => void = () => undefined;
  const listed = new Promise<void>((resolve) => (listedOnce = resolve));

  const loop = async (): Promise<void> => {
    let version: string | undefined;
    while (!isStopped()) {
      try {
        if (version === undefined) {
          const page = await list();
          version = page.metadata?.resourceVersion ?? "0";
          const at = Date.now();
          if (isStopped()) return;
          const listedNow = new Set(page.items.map(({ metadata }) => metadata?.uid ?? ""));
          for (const [uid, gone] of live) if (!listedNow.has(uid)) deliver("DELETED", gone, at);
          for (const item of page.items) deliver("ADDED", item, at);
          listedOnce();
        }
        version = await watchOnce(version);
      } catch (error) {
        version = undefined;
        if (isStopped()) return;
        handlers.onError?.(error as Error);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };

  const watchOnce = (from: string): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      let version: string | undefined = from;
      const onEvent = (kind: string, object: T): void => {
        const at = Date.now();
        if (kind === "ERROR") return void (version = undefined);
        version = object.metadata?.resourceVersion ?? version;
        if (kind !== "BOOKMARK" && !stopped) deliver(kind as WatchEvent, object, at);
      };
      new Watch(config)
        .watch(path, { ...query, resourceVersion: from, allowWatchBookmarks: true }, onEvent, (error) =>
          error && !stopped ? reject(error as Error) : resolve(version),
        )
        .then((controller) => {
          abort = controller;
          if (stopped) controller.abort();
        }, reject);
    });

  void loop();
  return {
    listed,
    stop() {
      stopped = true;
      abort?.abort();
    },
  };
}

const LIST_TIMEOUT_MS = 30_000;

/** Resolves when every watch has delivered its first list. Rejects with a rig error if the API gives none in 30 s. */
export async function untilListed(watches: readonly RunningWatch[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          rigError("API_SILENT", "the API server gives no list", {
            expected: `an answer within ${LIST_TIMEOUT_MS / 1000} s`,
            fix: "see logs/NODE/kube-apiserver.log in the run folder",
          }),
        ),
      LIST_TIMEOUT_MS,
    );
  });
  await Promise.race([Promise.all(watches.map(({ listed }) => listed)), late]).finally(() =>
    clearTimeout(timer),
  );
}

/** Follows until `onEvent` says true; rejects at the time limit. */
export async function watchUntil<T extends Watched>(
  config: KubeConfig,
  path: string,
  list: () => Promise<Listed<T>>,
  options: {
    timeoutMs: number;
    query?: Record<string, string>;
    onEvent: (event: WatchEvent, object: T, at: number) => boolean;
  },
): Promise<void> {
  let running: RunningWatch | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastError: Error | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new Error(`nothing more came from ${path} in ${options.timeoutMs} ms`, { cause: lastError }),
          ),
        options.timeoutMs,
      );
      running = follow<T>(
        config,
        path,
        list,
        {
          onEvent: (event, object, at) => {
            try {
              if (options.onEvent(event, object, at)) resolve();
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          },
          onError: (error) => (lastError = error),
        },
        options.query,
      );
    });
  } finally {
    clearTimeout(timer);
    running?.stop();
  }
}
