import { rigError } from "../errors.ts";
import { RUNTIME_PATH } from "../rig/driver/runtime-folder.ts";
import type { NodeHandle } from "../rig/node-handle.ts";

export interface SingleAnswer {
  /** When the request was sent, ms since the epoch on the machine that sent it. */
  askedAt: number;
  /** From there to the last byte, or until it was given up. */
  durationMs: number;
  /** HTTP status; 0: there was no answer. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** `timed out`, or the connection's error; absent if it was answered. */
  error?: string;
}

/** Room for the program's own start and end. */
const ASIDE_MS = 15_000;

/** Asks once, from a machine of the rig, on a connection of its own. */
export async function singleRequest(
  from: NodeHandle,
  url: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<SingleAnswer> {
  const argv = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/single-request.mjs`, url, String(timeoutMs)];
  const { stdout } = await from.exec(argv, {
    timeoutMs: timeoutMs + ASIDE_MS,
    ...(signal ? { signal } : {}),
  });
  try {
    return JSON.parse(stdout) as SingleAnswer;
  } catch (cause) {
    throw rigError("NO_REQUEST", `no request was sent to ${url}`, { where: from.name, cause });
  }
}
