import type { MessageAccount } from "../record/messages.ts";
import type { Phase } from "../record/model.ts";
import type { Evidence } from "./evidence.ts";
import { expand, measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";
import { PERCENTILES } from "./measure-requests.ts";
import { minimumTrials, proportionInterval } from "./proportion.ts";
import { estimateQuantile, minimumSamples, sorted } from "./quantile.ts";

type Scoped = ObjectiveOf<"message-loss" | "message-duplicates" | "message-round-trip">;
type Counted = ObjectiveOf<"message-loss" | "message-duplicates">;

/** How many sequence numbers a reason names. */
const SHOWN = 10;

/** Counts that do not add up are a defect of edgeproof, and nothing is concluded from them. */
function accountProblems(account: MessageAccount): string[] {
  const { channel, published, delivered, lost, unconfirmed, roundTripsMs, acknowledged } = account;
  const problems: string[] = [];
  const gap = published - delivered - lost.length - unconfirmed;
  if (gap !== 0) problems.push(`messages of ${channel} that are unaccounted for: ${gap}`);
  if (new Set(lost).size !== lost.length) problems.push(`${channel} counts a lost message twice`);
  if (roundTripsMs.length !== delivered)
    problems.push(`${channel} has ${roundTripsMs.length} round trips of ${delivered} delivered messages`);
  if (acknowledged > published) problems.push(`${channel} has more acknowledged than published messages`);
  return problems;
}

const accountsIn = ({ scope }: Scoped, evidence: Evidence, phase: Phase): MessageAccount[] => {
  const own = evidence.messages.filter((account) => account.phase === phase.name);
  const channels = expand(
    scope.channel,
    own.map(({ channel }) => channel),
  );
  return channels.flatMap((wanted) => own.filter(({ channel }) => wanted === "" || channel === wanted));
};

/** What all three have in common: where nothing was published, nothing is met. */
function each(
  objective: Scoped,
  evidence: Evidence,
  phase: Phase,
  measure: (account: MessageAccount) => Partial<Measured>,
): Measured[] {
  const accounts = accountsIn(objective, evidence, phase);
  const { channel = "" } = objective.scope;
  const whose = channel === "" || channel === "*" ? "" : ` of ${channel}`;
  if (accounts.length === 0)
    return [measured({ broken: [`no messages${whose} were recorded in ${phase.name}`] })];
  return accounts.map((account): Measured => {
    const { published, planned } = account;
    const inconclusive = published === 0 ? ["not one message was published"] : [];
    if (published !== planned && published > 0)
      inconclusive.push(`${published} messages were published, ${planned} were planned`);
    return measured({
      ...{ function: account.channel, inconclusive, broken: accountProblems(account) },
      ...(published === 0 ? {} : measure(account)),
    });
  });
}

const numbers = (lost: readonly number[]): string => {
  const shown = lost.slice(0, SHOWN).join(", ");
  return lost.length > SHOWN ? `${shown} and ${lost.length - SHOWN} more` : shown;
};

function lossOf({ unit, limit }: Counted, account: MessageAccount): Partial<Measured> {
  const { lost, published, acknowledged, guarantee, unconfirmed, outOfOrder } = account;
  // What nobody has promised is not lost; it is told.
  const promised = guarantee === "at-most-once" ? published : acknowledged;
  const notes: string[] = [];
  if (lost.length > 0) notes.push(`lost by their sequence numbers: ${numbers(lost)}`);
  if (unconfirmed > 0) notes.push(`${unconfirmed} of ${published} were neither acknowledged nor delivered`);
  if (outOfOrder > 0) notes.push(`${outOfOrder} came out of order`);
  if (promised === 0) return { notes, inconclusive: ["the broker has acknowledged nothing"] };
  return unit === "count"
    ? { value: lost.length, n: promised, notes }
    : shareOf(lost.length, promised, limit, notes);
}

function duplicatesOf({ unit, limit }: Counted, account: MessageAccount): Partial<Measured> {
  const { duplicated, delivered, functionDuplicates } = account;
  const notes =
    functionDuplicates > 0 ? [`the function received ${functionDuplicates} more often than once`] : [];
  if (delivered === 0) return { notes, inconclusive: ["not one message was delivered"] };
  return unit === "count"
    ? { value: duplicated, n: delivered, notes }
    : shareOf(Math.min(duplicated, delivered), delivered, limit, notes);
}

const shareOf = (count: number, of: number, limit: number, notes: string[]): Partial<Measured> => ({
  ...{ value: count / of, interval: proportionInterval(count, of), n: of, notes },
  needed: limit > 0 ? minimumTrials(limit) : 1,
});

const counted = (
  title: string,
  measure: (objective: Counted, account: MessageAccount) => Partial<Measured>,
): Quantity<Counted> => ({
  unit: ({ unit }) => unit,
  limitIs: () => "upper",
  timing: () => false,
  load: false,
  title: () => title,
  measure: (objective, evidence, phase) =>
    each(objective, evidence, phase, (account) => measure(objective, account)),
});

/**
 * Messages that were promised and never came back: of those that the broker acknowledged; at most once, of those that were
 * published. A count is exact and decides alone; a share has an interval.
 */
export const messageLoss = counted("lost messages", lossOf);

/** Receptions beyond the first of a message. */
export const messageDuplicates = counted("duplicates", duplicatesOf);

/** From when a message was to be published to its answer; one that never came back is infinite. */
export const messageRoundTrip: Quantity<ObjectiveOf<"message-round-trip">> = {
  unit: () => "ms",
  limitIs: () => "upper",
  timing: () => true,
  load: false,
  title: ({ percentile }) => `${percentile} round trip`,
  measure: (objective, evidence, phase) =>
    each(objective, evidence, phase, ({ roundTripsMs, published, delivered }) => {
      const q = PERCENTILES[objective.percentile];
      const never = Array.from({ length: published - delivered }, () => Infinity);
      const { value, low, high, n } = estimateQuantile(sorted([...roundTripsMs, ...never]), q);
      const notes = never.length > 0 ? [`${never.length} of ${published} never came back`] : [];
      return { value, interval: { low, high }, n, needed: minimumSamples(q), notes };
    }),
};
