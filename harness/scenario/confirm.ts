import { usageError } from "../errors.ts";

/** Real machines are broken only when their rig was named by `--confirm`. @throws EdgeproofError (usage) */
export function ensureConfirmed(
  driver: "container" | "ssh",
  rig: string,
  confirmed: string | undefined,
): void {
  if (driver === "container") return;
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
