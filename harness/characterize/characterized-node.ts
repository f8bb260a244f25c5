import type { Measured } from "./kernel-report.ts";
import type { NodeCharacterization } from "./model.ts";
import { nearestClass } from "./nearest-class.ts";
import type { ReferenceScores } from "./reference-scores.ts";

/** What was measured of a machine, with the device class that it is nearest to. */
export function characterizedNode(
  of: Pick<NodeCharacterization, "node" | "deviceClass">,
  measured: Measured,
  references: ReferenceScores,
): NodeCharacterization {
  const nearest = nearestClass(measured.scores, references);
  return {
    ...of,
    ...measured,
    nearest: { text: nearest.text, ...(nearest.kind === "nearest" ? { class: nearest.class } : {}) },
  };
}
