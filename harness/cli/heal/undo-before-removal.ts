import { readJournal } from "../../../chaos/journal/journal.ts";
import { rigError } from "../../errors.ts";
import { readRigState, rigFolder } from "../../rig/rig-state.ts";
import { healRig } from "./heal-rig.ts";

/**
 * What faults changed on a cluster that outlives the rig is undone before the rig, and with it its journal, is removed.
 *
 * @throws EdgeproofError where not all could be; the rig stays known then
 */
export async function undoBeforeRemoval(rig: string): Promise<string[]> {
  const state = await readRigState(rig);
  if (state?.driver.kind !== "cluster" || readJournal(rigFolder(rig)).length === 0) return [];
  const { healed, failed } = await healRig(rig);
  if (failed.length === 0) return healed;
  throw rigError("NOT_HEALED", `faults of ${rig} could not be undone on its cluster`, {
    where: failed.join("; "),
    fix: "when the API answers, run `edgeproof heal` again",
  });
}
