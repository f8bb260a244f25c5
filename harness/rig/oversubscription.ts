import type { PlannedMachine } from "./rig-plan.ts";

export interface Oversubscription {
  /** CPUs that the machines' limits promise, in all. */
  promised: number;
  /** CPUs that there are. */
  cores: number;
  /** How often each core is promised; at most 1 is none. */
  ratio: number;
}

/** Undefined where nothing is promised, since classes are labels only, or where no CPUs are shared. */
export function oversubscription(
  machines: readonly Pick<PlannedMachine, "limits">[],
  cores: number | undefined,
): Oversubscription | undefined {
  const promised = machines.reduce((sum, { limits }) => sum + (limits?.cpus ?? 0), 0);
  return promised === 0 || cores === undefined ? undefined : { promised, cores, ratio: promised / cores };
}

/** For people; empty where every class can have all that it promises. */
export function oversubscriptionText(found: Oversubscription | undefined): string {
  if (!found || found.ratio <= 1) return "";
  const { promised, cores, ratio } = found;
  return (
    `the device classes promise ${promised} CPUs, this host has ${cores}: oversubscribed ${Number(ratio.toFixed(1))} times; ` +
    "while it is busy, timing objectives stay open"
  );
}
