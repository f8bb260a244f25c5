import { setTimeout as delay } from "node:timers/promises";

import { dueAt, spreadSeed } from "../../arrivals.ts";
import type { ChannelPlan, ChannelRecord, MessageBody, MessagePlan, MessageRecord } from "../plan.ts";
import type { OpenChannel } from "./channel.ts";

/** How often it is asked whether everything is back. */
const LOOK_MS = 20;

export interface ExchangeOptions {
  open: OpenChannel;
  /** ms since the epoch, with parts of a millisecond. */
  now: () => number;
  /** Resolves when every channel of the plan is open: all begin at one time. */
  together: () => Promise<void>;
}

const parsed = (text: string): Partial<MessageBody> => {
  try {
    return JSON.parse(text) as Partial<MessageBody>;
  } catch {
    return {};
  }
};

/**
 * Publishes numbered messages by a schedule, whatever comes back, and notes what does. One that the broker could not take
 * in time is late, not left out: its time counts from when it was to be published.
 */
export async function exchange(
  channel: ChannelPlan,
  plan: Omit<MessagePlan, "channels">,
  { open, now, together }: ExchangeOptions,
): Promise<ChannelRecord> {
  const { run, ratePerSecond, durationMs, drainMs } = plan;
  const seed = spreadSeed(plan.seed, channel.name);
  const { name } = channel;
  const messages: MessageRecord[] = [];
  const opened = open(channel, `${name}-${run}`);
  const pending = new Set<number>();
  try {
    await opened.open((text) => {
      const at = now();
      const body = parsed(text);
      const message = body.run === run && body.channel === name ? messages[(body.seq ?? 0) - 1] : undefined;
      if (!message) return;
      message.receivedAt.push(at);
      message.relayed = Math.max(message.relayed, body.relayed ?? 0);
      const { receivedAt, storedAt } = body;
      if (receivedAt !== undefined && storedAt !== undefined) message.stored ??= { receivedAt, storedAt };
    });
    await together();
    const began = now();
    const count = Math.round((ratePerSecond * durationMs) / 1000);
    for (let seq = 1; seq <= count; seq++) {
      const intendedAt = began + dueAt(seq - 1, ratePerSecond, seed);
      const early = intendedAt - now();
      if (early > 0) await delay(early);
      const message: MessageRecord = { seq, intendedAt, publishedAt: now(), receivedAt: [], relayed: 0 };
      messages.push(message);
      pending.add(seq);
      const body: MessageBody = { run, channel: name, seq };
      void opened.publish(JSON.stringify(body)).then((acknowledged) => {
        pending.delete(seq);
        if (acknowledged) message.acknowledgedAt = now();
      });
    }
    const until = now() + drainMs;
    const complete = (): boolean =>
      pending.size === 0 && messages.every(({ receivedAt }) => receivedAt.length > 0);
    while (!complete() && now() < until) await delay(LOOK_MS);
    return { channel: name, messages: messages.map((one) => ({ ...one, receivedAt: [...one.receivedAt] })) };
  } finally {
    await opened.close();
  }
}
