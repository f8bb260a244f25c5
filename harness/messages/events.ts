import { createHash } from "node:crypto";

import type { EventTimeline, MessageAccount } from "../record/messages.ts";
import { accountOf } from "./account.ts";
import type { ChannelRecord, MessageRecord } from "./plan.ts";

/** What was found under a key of the store. */
export interface ReadBack {
  /** SHA-256, hex; absent: there is no such object. */
  hash?: string;
  /** ms since the epoch, the publisher's clock. */
  at: number;
}

/** Keys and bytes of what the function stores (fixtures/functions/cmd/message-relay/store.go). */
export const eventKey = (run: string, seq: number): string => `events/${run}/0/${seq}`;
const eventBytes = (run: string, seq: number): string => JSON.stringify({ run, seq });
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** When it was read, if it is what was published. */
const readAtOf = (
  run: string,
  { seq }: MessageRecord,
  found: ReadonlyMap<string, ReadBack>,
): number | undefined => {
  const object = found.get(eventKey(run, seq));
  return object?.hash === sha256(eventBytes(run, seq)) ? object.at : undefined;
};

const timelineOf = (message: MessageRecord, readAt: number | undefined): EventTimeline => {
  const { seq, publishedAt, acknowledgedAt, stored, receivedAt } = message;
  const [confirmedAt] = receivedAt;
  return {
    ...{ seq, publishedAt, ...stored },
    ...(acknowledgedAt === undefined ? {} : { acknowledgedAt }),
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
    ...(readAt === undefined ? {} : { readAt }),
  };
};

/**
 * Holds events against the store: delivered is what was read back as it was published, whatever the function had said of
 * it. One that is there without a confirmation counts with the time at which it was read.
 */
export function eventAccount(
  { channel, messages }: ChannelRecord,
  {
    run,
    found,
    ...asked
  }: {
    run: string;
    found: ReadonlyMap<string, ReadBack>;
    phase: string;
    ratePerSecond: number;
    durationMs: number;
  },
): MessageAccount {
  const read = messages.map((message) => ({ message, readAt: readAtOf(run, message, found) }));
  const delivered = read.map(({ message, readAt }): MessageRecord => {
    const { receivedAt } = message;
    if (readAt === undefined) return { ...message, receivedAt: [] };
    return receivedAt.length > 0 ? message : { ...message, receivedAt: [readAt] };
  });
  return {
    ...accountOf({ channel, messages: delivered }, asked),
    timelines: read.map(({ message, readAt }) => timelineOf(message, readAt)),
  };
}
