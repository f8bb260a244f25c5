import { type ScoreName, type Scores } from "./model.ts";
import type { ReferenceScores } from "./reference-scores.ts";

/** Rates of the processor and the memory. Disks differ within a class, and ratios follow from these. */
const COMPARED: readonly ScoreName[] = ["integer", "float", "memory", "crypto", "integer-all", "memory-all"];

/** Beyond this factor, over all scores, a machine is none of the classes. */
const FARTHEST_FACTOR = 2;

export type Nearest =
  | { kind: "unknown"; text: string }
  | { kind: "nearest" | "does-not-fit"; class: string; factor: number; shared: ScoreName[]; text: string };

/**
 * The class whose measured scores are nearest: root mean square of the differences of logarithms over the scores that both
 * have, so that twice as fast is as far as half as fast, whatever the unit. `factor` is e to that power.
 */
export function nearestClass(scores: Scores, references: ReferenceScores): Nearest {
  if (references.size === 0) return { kind: "unknown", text: "unknown: no class has measured scores" };
  const found = [...references]
    .flatMap(([name, reference]) => {
      const shared = COMPARED.filter((score) => scores[score] && reference[score] !== undefined);
      const squares = shared.map((score) => Math.log(scores[score]!.value / reference[score]!) ** 2);
      const distance = Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
      return shared.length === 0 || !Number.isFinite(distance) ? [] : [{ name, shared, distance }];
    })
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (!found) return { kind: "unknown", text: "unknown: no class has a score in common with this node" };
  const factor = Math.exp(found.distance);
  const common = { class: found.name, factor, shared: found.shared };
  const off = `off by a factor of ${factor.toFixed(2)} over ${found.shared.length} scores`;
  return factor > FARTHEST_FACTOR
    ? { ...common, kind: "does-not-fit", text: `does not fit: ${found.name} is nearest, and ${off}` }
    : { ...common, kind: "nearest", text: `${found.name}, ${off}` };
}
