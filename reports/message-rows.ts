import { formatDuration } from "../harness/judge/format.ts";
import { quantile, sorted } from "../harness/judge/quantile.ts";
import type { MessageAccount } from "../harness/record/messages.ts";

export const MESSAGE_HEAD = [
  ...["phase", "channel", "promise", "published", "acknowledged", "delivered", "lost", "unconfirmed"],
  ...["twice", "out of order", "round trip p50", "p95"],
];

/** From here on cells are numbers. */
export const MESSAGE_TEXTS = 3;

/** Of delivered messages; of a channel that lost some, the tail is longer than that. */
const roundTrip = ({ roundTripsMs }: MessageAccount, q: number): string =>
  roundTripsMs.length === 0 ? "never" : formatDuration(quantile(sorted(roundTripsMs), q));

/** Cells of one channel in one phase, the same in the page and in Markdown. */
export const messageRow = (account: MessageAccount): string[] => [
  ...[account.phase, account.channel, account.guarantee.replaceAll("-", " ")],
  ...[account.published, account.acknowledged, account.delivered, account.lost.length].map(String),
  ...[account.unconfirmed, account.duplicated, account.outOfOrder].map(String),
  ...[roundTrip(account, 0.5), roundTrip(account, 0.95)],
];
