import { z } from "zod";

import type { LinkParams } from "../../../harness/config/model.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere, refuse } from "./define-link-fault.ts";
import { LEAST_STATE_MS } from "./least-state.ts";

const state = (description: string) =>
  z
    .strictObject({
      delay: quantity("duration", "One-way delay.").optional(),
      jitter: quantity("duration", "Standard deviation of the delay (normal), at most the delay.").optional(),
      loss: quantity("share", "Share of packets lost.").optional(),
    })
    .describe(description);

type State = z.output<ReturnType<typeof state>>;

/** Between two states; what one of them does not name is none there. */
function between(from: State, to: State, share: number): LinkParams {
  const mix = (key: keyof State): number => (from[key] ?? 0) * (1 - share) + (to[key] ?? 0) * share;
  const [delayMs, jitterMs, loss] = [mix("delay"), mix("jitter"), mix("loss")];
  return {
    ...(delayMs > 0 ? { delayMs } : {}),
    ...(jitterMs > 0 ? { jitterMs } : {}),
    ...(loss > 0 ? { loss } : {}),
  };
}

export const linkDegrade = defineLinkFault({
  name: "link-degrade",
  summary: "Moves delay, jitter and loss from one state to another in equal steps, and stays there.",
  parameters: z.strictObject({
    from: state("State at the beginning."),
    to: state("State at the end."),
    over: quantity("duration", "Time from the first state to the last one."),
    steps: z
      .number({ error: "a whole number from 1 to 100" })
      .int({ error: "a whole number from 1 to 100" })
      .min(1)
      .max(100)
      .describe("Number of changes, 1 to 100; each state lasts 1 s or more.")
      .default(5),
  }),
  proof: "As link-delay, link-jitter and link-loss, each step by itself.",
  example: `- fault: link-degrade
  target: { from: pi4-1, bothWays: true }
  from: { delay: 5ms }
  to: { delay: 100ms, loss: 2% }
  over: 30s
  steps: 6`,
  timeline({ from, to, over, steps }, directions) {
    const afterMs = over / steps;
    if (afterMs < LEAST_STATE_MS)
      refuse(
        "link-degrade",
        `${steps} steps in ${over} ms are too short to be proved`,
        "1 s or more for each",
      );
    for (const { delay = 0, jitter = 0 } of [from, to])
      if (jitter > delay)
        refuse("link-degrade", `jitter ${jitter} ms is above delay ${delay} ms`, "at most the delay");
    return {
      first: everywhere(directions, between(from, to, 0)),
      steps: Array.from({ length: steps }, (_, index) => ({
        afterMs,
        links: everywhere(directions, between(from, to, (index + 1) / steps)),
      })),
    };
  },
});
