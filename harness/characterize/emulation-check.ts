import type { NodeCharacterization, ScoreName } from "./model.ts";
import type { ReferenceScores } from "./reference-scores.ts";

/** What a CPU quota is chosen by. */
const BY: readonly ScoreName[] = ["integer", "integer-all"];

/**
 * How near each node that emulates a measured class came to it, for people. A quota is for all of the container, the
 * kubelet and the overlay included, and a host may be busy: what was measured is what counts.
 */
export const emulationChecks = (
  nodes: readonly Pick<NodeCharacterization, "node" | "deviceClass" | "scores">[],
  references: ReferenceScores,
): string[] =>
  nodes.flatMap(({ node, deviceClass, scores }) => {
    const reference = references.get(deviceClass);
    const shares = BY.flatMap((name) => {
      const [wanted, has] = [reference?.[name], scores[name]?.value];
      return wanted === undefined || has === undefined
        ? []
        : [`${name} ${Math.round((100 * has) / wanted)} %`];
    });
    return shares.length === 0
      ? []
      : [`${node} emulates ${deviceClass} with ${shares.join(", ")} of what the class was measured to have.`];
  });
