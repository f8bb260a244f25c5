import { GUARANTEE, type MessageAccount } from "../record/messages.ts";
import type { ChannelRecord, MessageRecord } from "./plan.ts";

const further = (times: readonly unknown[]): number => Math.max(0, times.length - 1);

/** First receptions that come after that of a later message. */
function outOfOrder(messages: readonly MessageRecord[]): number {
  const firsts = messages
    .flatMap(({ seq, receivedAt: [first] }) => (first === undefined ? [] : [{ seq, first }]))
    .sort((a, b) => a.first - b.first || a.seq - b.seq);
  let highest = 0;
  let late = 0;
  for (const { seq } of firsts) {
    if (seq < highest) late++;
    highest = Math.max(highest, seq);
  }
  return late;
}

/** Holds what was acknowledged against what came back, message by message. */
export function accountOf(
  { channel, messages }: ChannelRecord,
  asked: { phase: string; ratePerSecond: number; durationMs: number },
): MessageAccount {
  const guarantee = GUARANTEE[channel];
  const delivered = messages.filter(({ receivedAt }) => receivedAt.length > 0);
  const missing = messages.filter(({ receivedAt }) => receivedAt.length === 0);
  const promised = missing.filter(
    ({ acknowledgedAt }) => guarantee === "at-most-once" || acknowledgedAt !== undefined,
  );
  const sum = (of: (message: MessageRecord) => number): number =>
    messages.reduce((total, message) => total + of(message), 0);
  return {
    ...{ ...asked, channel, guarantee },
    planned: Math.round((asked.ratePerSecond * asked.durationMs) / 1000),
    published: messages.length,
    acknowledged: messages.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).length,
    delivered: delivered.length,
    duplicated: sum(({ receivedAt }) => further(receivedAt)),
    outOfOrder: outOfOrder(messages),
    lost: promised.map(({ seq }) => seq),
    unconfirmed: missing.length - promised.length,
    functionDuplicates: sum(({ relayed }) => Math.max(0, relayed - 1)),
    roundTripsMs: delivered.map(({ intendedAt, receivedAt: [first = 0] }) =>
      Number((first - intendedAt).toFixed(2)),
    ),
  };
}

/**
 * From `at` to the first reception of a message that was published from then on; undefined if none came back. What was
 * published before and waited in a queue shows that the broker works, not that a new message goes all the way.
 */
export function recoveryMs({ messages }: ChannelRecord, at: number): number | undefined {
  const received = messages.flatMap(({ publishedAt, receivedAt: [first] }) =>
    publishedAt >= at && first !== undefined ? [first] : [],
  );
  return received.length === 0 ? undefined : Math.min(...received) - at;
}
