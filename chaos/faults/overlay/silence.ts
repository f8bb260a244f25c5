import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import { answersOf, namesOf } from "./targets.ts";
import { untilAll } from "../state-evidence.ts";

/** Nebula takes a handshake's retries into account: one answer may be missing without the tunnel being cut. */
const SILENT_READINGS = 2;

/**
 * No change, but the time until the others do not reach the targets any more: the fault begins when it works. It goes on
 * at the time limit, too: then the receipt does not hold.
 */
export const untilSilent = (
  from: readonly NodeHandle[],
  to: readonly NodeHandle[],
  timeoutMs: number,
): Change => ({
  what: `${namesOf(from).join(", ")}: ping ${namesOf(to).join(", ")} over the overlay until none answers, at most ${timeoutMs / 1000} s`,
  undo: undefined,
  async apply() {
    await untilAll(answersOf(from, to, 1), false, { timeoutMs, times: SILENT_READINGS });
  },
});
