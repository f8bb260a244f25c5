import { setTimeout as delay } from "node:timers/promises";

import { rigError } from "../../../errors.ts";
import { unlessAborted } from "../../until-aborted.ts";
import type { AgentNode } from "../agent-node.ts";

/** Node takes seconds to start on a small board; one that is emulated, half a minute. */
const LIMIT_MS = 120_000;
const PAUSE_MS = 300;

/** Resolves when the agent that was just started takes requests. */
export async function untilAgentAnswers(node: AgentNode, signal?: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + LIMIT_MS; ; await delay(PAUSE_MS)) {
    try {
      await unlessAborted(signal, node.services());
      return;
    } catch (cause) {
      signal?.throwIfAborted();
      if (Date.now() < deadline) continue;
      throw rigError("AGENT_SILENT", `its agent does not answer after ${LIMIT_MS / 1000} s`, {
        where: `node ${node.name}`,
        fix: "see `journalctl -u edgeproof-agent`, or /var/log/edgeproof/agent.log, on the node",
        cause,
      });
    }
  }
}
