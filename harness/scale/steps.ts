import { usageError } from "../errors.ts";

/** Shares of the largest size: dense enough for an interval of a slope, which needs five sizes. */
const SHARES = [0.01, 0.05, 0.1, 0.2, 0.5, 1];

/** Sizes on the way to `nodes`, ascending, each once. */
export const defaultSteps = (nodes: number): number[] => [
  ...new Set(SHARES.map((share) => Math.max(1, Math.round(nodes * share)))),
];

/**
 * Reads `10,50,100`.
 *
 * @throws EdgeproofError (usage) unless they ascend to `nodes`
 */
export function parseSteps(text: string, nodes: number): number[] {
  const steps = text.split(",").map((part) => Number(part.trim()));
  const ascending = steps.every(
    (step, index) => Number.isSafeInteger(step) && step > (steps[index - 1] ?? 0),
  );
  if (ascending && steps.at(-1) === nodes) return steps;
  throw usageError("scale-steps", `\`${text}\` are no steps to ${nodes} nodes`, {
    where: "--steps",
    expected: `whole numbers, ascending, the last one ${nodes}`,
    fix: `leave it out for ${defaultSteps(nodes).join(",")}`,
  });
}
