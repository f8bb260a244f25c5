import { setTimeout as delay } from "node:timers/promises";

import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamClient,
  jetstream,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
import { nanos, type NatsConnection } from "@nats-io/transport-node";

import { type ChannelPlan, STREAM, STREAM_SUBJECTS } from "../plan.ts";
import type { Channel } from "./channel.ts";
import { connectNats } from "./nats-channel.ts";

const PUBLISH_TIMEOUT_MS = 3_000;
const AGAIN_MS = 250;
const ACK_WAIT_MS = 5_000;
/** The server forgets a consumer that nobody has asked for so long. */
const FORGOTTEN_MS = 600_000;
/** A pull that is lost with its server is noticed and made again after two missed heartbeats, half of this each. */
const PULL_MS = 2_000;

/** JetStream: published again until the server says that it is stored, and delivered again until it is acknowledged. */
export class JetStreamChannel implements Channel {
  private readonly plan: ChannelPlan;
  private readonly id: string;
  private connection: NatsConnection | undefined;
  private client: JetStreamClient | undefined;
  private manager: JetStreamManager | undefined;
  private stop: () => void = () => undefined;
  private closed = false;

  constructor(plan: ChannelPlan, id: string) {
    this.plan = plan;
    this.id = id;
  }

  async open(onReply: (text: string) => void): Promise<void> {
    this.connection = await connectNats(this.plan, this.id);
    this.client = jetstream(this.connection, { timeout: PUBLISH_TIMEOUT_MS });
    const manager = (this.manager = await jetstreamManager(this.connection, { timeout: PUBLISH_TIMEOUT_MS }));
    // The function makes the same one; whoever comes second finds it.
    await manager.streams.add({ name: STREAM, subjects: [STREAM_SUBJECTS] });
    await manager.consumers.add(STREAM, {
      ...{ name: this.id, durable_name: this.id, filter_subject: this.plan.reply },
      ...{ ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.New },
      ...{ ack_wait: nanos(ACK_WAIT_MS), inactive_threshold: nanos(FORGOTTEN_MS) },
    });
    const consumer = await this.client.consumers.get(STREAM, this.id);
    const messages = await consumer.consume({
      expires: PULL_MS,
      callback: (message) => {
        onReply(message.string());
        message.ack();
      },
    });
    this.stop = () => messages.stop();
  }

  async publish(text: string): Promise<boolean> {
    while (!this.closed)
      try {
        await this.client?.publish(this.plan.request, text, { timeout: PUBLISH_TIMEOUT_MS });
        return true;
      } catch {
        await delay(AGAIN_MS);
      }
    return false;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stop();
    // Nobody is hurt by one that stays until the server forgets it.
    await this.manager?.consumers.delete(STREAM, this.id).catch(() => undefined);
    await this.connection?.close();
  }
}
