import type { Probe } from "../../../chaos/probe/ping-output.ts";

/** So many lost in a row are a cut, and so many answered in a row a way that is open again. */
const IN_A_ROW = 5;

/** When the `IN_A_ROW`th of a kind in a row begins to be so, among probes sent from `from` on. */
function firstRow(probes: readonly Probe[], from: number, answered: boolean): number | undefined {
  let row: Probe[] = [];
  for (const probe of probes) {
    if (probe.sentAt < from) continue;
    row = (probe.rttMs !== undefined) === answered ? [...row, probe] : [];
    if (row.length === IN_A_ROW) return row[0]?.sentAt;
  }
  return undefined;
}

/** What happened to one pair around a fault; times in ms. Probes are in the order in which they were sent. */
export interface PairStory {
  /** After `injected`, until the pair did not answer any more; undefined: it did all the time. */
  cut: number | undefined;
  /** After `injected`, until a pair that was cut answered again; 0 if it was never cut, undefined if it did not. */
  back: number | undefined;
  /** After `healed`, until the pair answered; undefined: never. */
  recovery: number | undefined;
  /** Of the probes between `injected` and `healed`. */
  sent: number;
  lost: number;
}

export function pairStory(probes: readonly Probe[], injected: number, healed: number): PairStory {
  const within = probes.filter(({ sentAt }) => sentAt >= injected && sentAt < healed);
  const cutAt = firstRow(within, injected, false);
  const backAt = cutAt === undefined ? injected : firstRow(within, cutAt, true);
  const recoveredAt = firstRow(probes, healed, true);
  const after = (at: number | undefined, since: number): number | undefined =>
    at === undefined ? undefined : Math.max(0, at - since);
  return {
    cut: after(cutAt, injected),
    back: after(backAt, injected),
    recovery: after(recoveredAt, healed),
    sent: within.length,
    lost: within.filter(({ rttMs }) => rttMs === undefined).length,
  };
}

/** When the first answered probe was sent. */
export const firstAnswer = (probes: readonly Probe[]): number | undefined =>
  probes.find(({ rttMs }) => rttMs !== undefined)?.sentAt;
