import type { ChannelName } from "../record/messages.ts";

/** Where one channel's messages go; plain data, as it travels to the tester. */
export interface ChannelPlan {
  name: ChannelName;
  host: string;
  port: number;
  /** Topic or subject that is published to. */
  request: string;
  /** The one that answers come on. */
  reply: string;
}

export interface MessagePlan {
  /** Unique: messages of another run are not counted. */
  run: string;
  channels: readonly ChannelPlan[];
  /** Of each channel, one in each period, at a random moment of it. */
  ratePerSecond: number;
  /** Draws those moments, other ones for each channel. */
  seed: number;
  durationMs: number;
  /** Longest wait for what is still on its way, after the last was published. */
  drainMs: number;
}

/** What was seen of one message. Times are ms since the epoch on the publisher's clock. */
export interface MessageRecord {
  /** From 1. */
  seq: number;
  intendedAt: number;
  publishedAt: number;
  acknowledgedAt?: number;
  /** Each reception. */
  receivedAt: number[];
  /** How often the function said that it had received it, at most; 0: no function has touched it. */
  relayed: number;
  /** Of an event: what the function's first confirmation says, ms since the epoch on its node's clock. */
  stored?: { receivedAt: number; storedAt: number };
}

export interface ChannelRecord {
  channel: ChannelName;
  messages: MessageRecord[];
}

/** A message's text. The function sends it back with `relayed`: how often it has received this one. */
export interface MessageBody {
  run: string;
  channel: ChannelName;
  seq: number;
  relayed?: number;
  receivedAt?: number;
  storedAt?: number;
}

/** Topics of MQTT and subjects of NATS; the function knows them too (fixtures/functions/cmd/message-relay). */
export const TOPICS: Readonly<Record<ChannelName, { request: string; reply: string }>> = {
  "mqtt-qos0": { request: "edgeproof/qos0/request", reply: "edgeproof/qos0/reply" },
  "mqtt-qos1": { request: "edgeproof/qos1/request", reply: "edgeproof/qos1/reply" },
  "mqtt-qos2": { request: "edgeproof/qos2/request", reply: "edgeproof/qos2/reply" },
  "nats-core": { request: "edgeproof.core.request", reply: "edgeproof.core.reply" },
  "nats-jetstream": { request: "edgeproof.stream.request", reply: "edgeproof.stream.reply" },
  "nats-to-s3": { request: "edgeproof.stream.events", reply: "edgeproof.stream.stored" },
};

/** JetStream's stream of both subjects. */
export const STREAM = "EDGEPROOF";
export const STREAM_SUBJECTS = "edgeproof.stream.>";
