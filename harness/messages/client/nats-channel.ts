import { connect, type NatsConnection } from "@nats-io/transport-node";

import type { ChannelPlan } from "../plan.ts";
import type { Channel } from "./channel.ts";

/** Connects for as long as it takes, and again; the server's own address, which it would tell, is that of its pod. */
export const connectNats = ({ host, port }: ChannelPlan, name: string): Promise<NatsConnection> =>
  connect({
    ...{ servers: `${host}:${port}`, name, ignoreClusterUpdates: true, waitOnFirstConnect: true },
    ...{ maxReconnectAttempts: -1, reconnectTimeWait: 250, reconnectJitter: 50, timeout: 3_000 },
    ...{ pingInterval: 3_000, maxPingOut: 2 },
  });

/** NATS itself: whoever is not there at the time has not had it. */
export class NatsChannel implements Channel {
  private readonly plan: ChannelPlan;
  private readonly id: string;
  private connection: NatsConnection | undefined;

  constructor(plan: ChannelPlan, id: string) {
    this.plan = plan;
    this.id = id;
  }

  async open(onReply: (text: string) => void): Promise<void> {
    this.connection = await connectNats(this.plan, this.id);
    this.connection.subscribe(this.plan.reply, {
      callback: (error, message) => {
        if (!error) onReply(message.string());
      },
    });
    await this.connection.flush();
  }

  publish(text: string): Promise<boolean> {
    try {
      this.connection?.publish(this.plan.request, text);
    } catch {
      // Closed, or too much waits for the server: it is lost.
    }
    return Promise.resolve(false);
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }
}
