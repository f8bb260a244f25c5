import type { DriverName } from "../config/model.ts";
import { usageError } from "../errors.ts";

/**
 * Real machines are broken only when their rig was named by `--confirm`. On an existing cluster a run touches nothing but a
 * namespace of its own; a fault that goes beyond asks by itself. @throws EdgeproofError (usage)
 */
export function ensureConfirmed(driver: DriverName, rig: string, confirmed: string | undefined): void {
  if (driver !== "ssh") return;
  if (confirmed === rig) return;
  throw usageError(
    "not-confirmed",
    confirmed === undefined
      ? `${rig} is made of real machines`
      : `\`--confirm ${confirmed}\` names another rig than ${rig}`,
    {
      expected: `--confirm ${rig}`,
      fix: "look at what `edgeproof plan` prints, then confirm by the rig's name",
    },
  );
}
