import type { Evidence } from "../judge/evidence.ts";
import { recoveryTime, scaleOutTime } from "../judge/measure-observations.ts";
import type { Measured } from "../judge/measured.ts";
import type { Phase } from "../record/model.ts";
import type { Finding } from "./comparison.ts";

const RECOVERY = [
  "time-to-not-ready",
  "time-to-replacement-ready",
  "error-window",
  "time-to-node-ready-again",
] as const;

/** An objective without a limit of its own: only what it measures is of interest. */
const open = { name: "comparison", limit: Infinity, scope: {} };

interface Single {
  quantity: string;
  found: Measured[];
}

function singles(evidence: Evidence, phase: Phase): Single[] {
  const all: Single[] = [];
  if (evidence.scaleOuts.some((one) => one.phase === phase.name)) {
    for (const objective of [
      { ...open, quantity: "scale-out", toReady: "all" },
      { ...open, quantity: "scale-out", toAnswering: "all" },
    ] as const)
      all.push({
        quantity: scaleOutTime.title(objective),
        found: scaleOutTime.measure(objective, evidence, phase),
      });
  }
  if (evidence.nodeFailures.some((one) => one.phase === phase.name)) {
    for (const measure of RECOVERY) {
      const objective = { ...open, quantity: "recovery", measure } as const;
      all.push({
        quantity: recoveryTime.title(objective),
        found: recoveryTime.measure(objective, evidence, phase),
      });
    }
  }
  return all;
}

/** Scale-outs and recoveries: shown, but one observation in each run has no scatter to tell a change from. */
export function singleObservations(
  base: { evidence: Evidence; phase: Phase },
  head: { evidence: Evidence; phase: Phase },
  effect: number,
): Finding[] {
  const after = singles(head.evidence, head.phase);
  return singles(base.evidence, base.phase).flatMap(({ quantity, found }) => {
    const others = after.find((one) => one.quantity === quantity)?.found ?? [];
    return found.flatMap((one, index): Finding[] => {
      const other = others[index];
      if (other?.deviceClass !== one.deviceClass || one.value === undefined || other.value === undefined)
        return [];
      const change = other.value / one.value - 1;
      return [
        {
          quantity,
          scope: {
            phase: base.phase.name,
            profile: base.phase.profile,
            function: "",
            deviceClass: one.deviceClass,
          },
          unit: "ms",
          base: one.value,
          head: other.value,
          samples: { base: one.n, head: other.n },
          change: Number.isNaN(change) ? undefined : change,
          interval: undefined,
          effect,
          p: undefined,
          doubts: ["a single observation in each run"],
          notes: [],
        },
      ];
    });
  });
}
