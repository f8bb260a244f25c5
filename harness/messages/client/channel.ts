import type { ChannelPlan } from "../plan.ts";

/** A publisher that subscribes to the answers to its own messages. It connects again whenever it loses its broker. */
export interface Channel {
  /** Resolves when the subscription is in force. */
  open(onReply: (text: string) => void): Promise<void>;
  /**
   * Hands a message to the client library. Resolves with true when the broker has acknowledged it, with false where
   * nobody ever will: the protocol has no acknowledgement, or the library refused it.
   */
  publish(text: string): Promise<boolean>;
  close(): Promise<void>;
}

/** `id` is unique to this publisher of this run. */
export type OpenChannel = (plan: ChannelPlan, id: string) => Channel;
