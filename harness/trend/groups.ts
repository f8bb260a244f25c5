import { groupBy } from "../record/group-by.ts";
import type { RunHeader } from "../record/model.ts";
import type { RunFigures, TrendGroup } from "./model.ts";

/** Settings that make another experiment of a suite; all others may change from run to run. */
const FORM = ["scenario", "form", "cells"] as const;

/** What has to be the same for figures to be held against each other. Versions and the seed may differ. */
function traitsOf({ suite, topology, engine, wanBackend, functionsLayer, host, nodes, settings }: RunHeader) {
  const traits: Record<string, string> = { suite, topology, engine, wanBackend, functionsLayer };
  for (const [key, value] of Object.entries(host)) traits[`host.${key}`] = String(value);
  for (const key of FORM) if (key in settings) traits[key] = String(settings[key]);
  traits.nodes = nodes
    .map(({ name, deviceClass, emulation }) => `${name} ${deviceClass} ${emulation}`)
    .toSorted()
    .join("; ");
  return traits;
}

const unequal = (one: Record<string, string>, other: Record<string, string>): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((key) => one[key] !== other[key])
    .map((key) => `${key}: ${one[key] ?? "none"}, ${other[key] ?? "none"}`);

/** Whether figures of two runs may be held against each other. */
export const areAlike = (one: RunHeader, other: RunHeader): boolean =>
  unequal(traitsOf(one), traitsOf(other)).length === 0;

export interface GroupedRuns extends TrendGroup {
  members: RunFigures[];
}

/** Runs that differ in nothing but the code, largest group first; the runs of each oldest first. */
export function groupRuns(runs: readonly RunFigures[]): GroupedRuns[] {
  const ordered = runs.toSorted(
    ({ header: a }, { header: b }) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1),
  );
  const groups = [...groupBy(ordered, ({ header }) => JSON.stringify(traitsOf(header))).values()]
    .toSorted((a, b) => b.length - a.length)
    .map((members) => ({ members, traits: traitsOf(members[0]!.header) }));
  return groups.map(({ members, traits }, index) => {
    const largest = groups.find((one) => one.traits.suite === traits.suite)!;
    return {
      number: index + 1,
      suite: members[0]!.header.suite,
      traits,
      runs: members.map(({ header }) => ({ id: header.id, startedAt: header.startedAt })),
      apart: unequal(largest.traits, traits),
      members,
    };
  });
}
