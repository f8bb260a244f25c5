import { type EdgeproofError, usageError } from "../../harness/errors.ts";
import type { FaultDefinition } from "./definition.ts";
import type { FaultRig } from "./fault-rig.ts";

/** What is asked of a cluster whose API alone is reached. */
export const beyondApiError = (
  what: string,
  needs: "machines" | "links" | "streams",
  where: string,
): EdgeproofError =>
  usageError("NEEDS_MACHINES", `${what} cannot be had on an existing cluster: it acts on ${needs}`, {
    where,
    expected: "what goes through the API, which is all of this cluster that edgeproof reaches",
    fix: "use a rig of `driver: ssh` (real nodes) or `driver: container`; `edgeproof faults list` shows what goes by the API",
  });

const NEEDS = { link: "links", stream: "streams" } as const;

/**
 * Refuses faults that need more of a rig than its driver reaches, or that reach beyond it unasked.
 *
 * @throws EdgeproofError (usage), with nothing touched
 */
export function ensureWithinReach(
  { name, layer, byApi }: FaultDefinition,
  { driver, mayReachOut, name: rig }: FaultRig,
  where: string,
): void {
  if (driver !== "cluster") return;
  if (byApi === undefined)
    throw beyondApiError(name, layer === "link" || layer === "stream" ? NEEDS[layer] : "machines", where);
  if (byApi === "nodes" && !mayReachOut)
    throw usageError("not-confirmed", `${name} touches what others use on this cluster, too`, {
      where,
      expected: `--confirm ${rig}`,
      fix: "look at what `edgeproof plan` prints, then confirm by the rig's name",
    });
}
