import { randomUUID } from "node:crypto";

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
  /** Its first 64 Ki characters; absent if it was not answered. */
  body?: string;
  /** `timed out`, or the connection's error; absent if it was answered. */
  error?: string;
}

/** What is sent, beside the address. */
export interface SingleRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Room for the program's own start and end. */
const ASIDE_MS = 15_000;

/** Asks once, from a machine of the rig, on a connection of its own. */
export async function singleRequest(
  from: NodeHandle,
  url: string,
  { timeoutMs, signal, request }: { timeoutMs: number; signal?: AbortSignal; request?: SingleRequest },
): Promise<SingleAnswer> {
  const argv = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/single-request.mjs`, url, String(timeoutMs)];
  // In a file, as others see a program's arguments, and headers may hold a password.
  const file = request && `/run/edgeproof-request-${randomUUID()}`;
  if (file !== undefined) await from.writeFile(file, JSON.stringify(request), 0o600);
  const { stdout } = await from
    .exec(file === undefined ? argv : [...argv, file], {
      timeoutMs: timeoutMs + ASIDE_MS,
      ...(signal ? { signal } : {}),
    })
    .finally(() => file !== undefined && from.exec(["rm", "-f", file], { allowFailure: true }));
  try {
    return JSON.parse(stdout) as SingleAnswer;
  } catch (cause) {
    throw rigError("NO_REQUEST", `no request was sent to ${url}`, { where: from.name, cause });
  }
}
