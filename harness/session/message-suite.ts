import { messagePhase, type MessagePhase } from "./message-phase.ts";
import { deployRelay, freshWorkloads } from "./messages.ts";
import type { Session } from "./session.ts";

// Set-up that suites on messages have in common: mocha's hooks, for the `describe` that they are called in.

/** What a phase of messages may take beside the messages themselves, ms. */
export const ASIDE_MS = 120_000;

/** Brokers and stores with new pods, and the function that answers messages or stores events, at the site of the pi3. */
export function deploysRelay(session: Session): void {
  before("deploy the function", async function () {
    this.timeout(ASIDE_MS);
    await freshWorkloads(session);
    await deployRelay(session, "pi3");
  });
}

/** Messages with nothing broken, in a phase that is called as its kind is. */
export function exchangesUndisturbed(
  session: Session,
  kind: "steady" | "healed",
  load: Omit<MessagePhase, "phase" | "kind">,
): void {
  before(async function () {
    this.timeout(load.durationMs + ASIDE_MS);
    await messagePhase(session, { phase: kind, kind, ...load });
  });
}
