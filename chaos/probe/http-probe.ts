import type { NodeHandle } from "../../harness/rig/node-handle.ts";

/** Where the rig's runtime folder appears inside its machines. */
const RUNTIME = "/opt/edgeproof/runtime";
const TIMEOUT_MS = 10_000;

export interface HttpProbeOptions {
  /** ms between an answer and the next request. */
  intervalMs: number;
  count: number;
  /** Until a request counts as not answered, ms. @default 10000 */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Called for each request as it ends. */
  onAnswer?: (ms: number | undefined) => void;
}

/** Times of answers' first bytes, ms, in order; `undefined` for a request that was not answered. */
export async function httpProbe(
  from: NodeHandle,
  url: string,
  { intervalMs, count, timeoutMs = TIMEOUT_MS, signal, onAnswer }: HttpProbeOptions,
): Promise<(number | undefined)[]> {
  const answers: (number | undefined)[] = [];
  const argv = [
    `${RUNTIME}/node`,
    `${RUNTIME}/http-probe.mjs`,
    url,
    String(count),
    String(intervalMs),
    String(timeoutMs),
  ];
  await from.exec(argv, {
    timeoutMs: count * (timeoutMs + intervalMs),
    onLine: (line) => {
      const ms = line === "lost" ? undefined : Number(line);
      answers.push(ms);
      onAnswer?.(ms);
    },
    ...(signal ? { signal } : {}),
  });
  return answers;
}
