/** What a protocol promises about a message that it has taken. */
export type Guarantee = "at-most-once" | "at-least-once" | "exactly-once";

/** How messages go: by which protocol, with which promise. */
export const CHANNELS = [
  "mqtt-qos0",
  "mqtt-qos1",
  "mqtt-qos2",
  "nats-core",
  "nats-jetstream",
  // Events: by JetStream to a function that puts each into a store.
  "nats-to-s3",
] as const;
export type ChannelName = (typeof CHANNELS)[number];

export const GUARANTEE: Readonly<Record<ChannelName, Guarantee>> = {
  "mqtt-qos0": "at-most-once",
  "mqtt-qos1": "at-least-once",
  "mqtt-qos2": "exactly-once",
  "nats-core": "at-most-once",
  "nats-jetstream": "at-least-once",
  "nats-to-s3": "at-least-once",
};

/** The way of one event, ms since the epoch; what never happened, or was never heard of, is absent. */
export interface EventTimeline {
  seq: number;
  publishedAt: number;
  acknowledgedAt?: number;
  /** By the function, on its node's clock; so is `storedAt`, when the store had acknowledged it. */
  receivedAt?: number;
  storedAt?: number;
  /** The function's confirmation was back at the publisher. */
  confirmedAt?: number;
  /** The publisher read it from the store, and it was what had been published. */
  readAt?: number;
}

/**
 * What became of the messages of one channel in one phase, each counted by its sequence number:
 * published = delivered + lost + unconfirmed, exactly.
 */
export interface MessageAccount {
  phase: string;
  channel: ChannelName;
  guarantee: Guarantee;
  /** rate x duration as asked for. */
  planned: number;
  /** Handed to the client library, whatever came of it. */
  published: number;
  /** The broker told the publisher that it has them; 0 where the protocol has no such word. */
  acknowledged: number;
  /** Came back at least once. */
  delivered: number;
  /** Receptions beyond the first of a message. */
  duplicated: number;
  /** First receptions after that of a later message. */
  outOfOrder: number;
  /**
   * Sequence numbers of those that were promised and never came: acknowledged ones; where there is no acknowledgement,
   * published ones.
   */
  lost: number[];
  /** Neither acknowledged nor delivered: nobody has promised anything. */
  unconfirmed: number;
  /** Receptions by the function beyond the first of a message; of delivered ones, which alone tell. */
  functionDuplicates: number;
  ratePerSecond: number;
  durationMs: number;
  /** From the intended start to the first reception, ms, in the order of the sequence numbers; one for each delivered. */
  roundTripsMs: number[];
  /** Of events: delivered are those that were read back from the store. */
  timelines?: EventTimeline[];
}
