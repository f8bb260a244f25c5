import { randomUUID } from "node:crypto";

import { rigError } from "../errors.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import { RUNTIME_PATH } from "../rig/driver/runtime-folder.ts";
import type { ChannelRecord, MessagePlan } from "./plan.ts";

/** Room for connecting, and for the program's own start and end. */
const ASIDE_MS = 60_000;

export interface MessageClientOptions {
  /** Told when all channels are open and the schedule begins. */
  onOpen?: () => void;
  signal?: AbortSignal;
}

/** Exchanges messages from a machine of the rig, and resolves with what was seen of each. */
export async function runMessageClient(
  from: NodeHandle,
  plan: MessagePlan,
  { onOpen, signal }: MessageClientOptions = {},
): Promise<ChannelRecord[]> {
  const base = `/run/edgeproof-messages-${randomUUID()}`;
  const [planFile, outputFile] = [`${base}.plan.json`, `${base}.json`];
  await from.writeFile(planFile, JSON.stringify(plan), 0o600);
  try {
    const argv = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/message-client.mjs`, planFile, outputFile];
    await from.exec(argv, {
      timeoutMs: plan.durationMs + plan.drainMs + ASIDE_MS,
      onLine: (line) => line === "open" && onOpen?.(),
      ...(signal ? { signal } : {}),
    });
    signal?.throwIfAborted();
    return JSON.parse((await from.readFile(outputFile)).toString()) as ChannelRecord[];
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw rigError("NO_MESSAGES", "the messages were not exchanged", {
      where: `${from.name}: ${plan.channels.map(({ name, host, port }) => `${name} at ${host}:${port}`).join(", ")}`,
      expected: `all channels to open, and an end within ${(plan.durationMs + plan.drainMs + ASIDE_MS) / 1000} s`,
      cause,
    });
  } finally {
    await from.exec(["rm", "-f", planFile, outputFile], { allowFailure: true });
  }
}
