import type { Socket } from "node:net";

import { connect, type MqttClient } from "mqtt";

import type { ChannelPlan } from "../plan.ts";
import type { Channel } from "./channel.ts";

const RECONNECT_MS = 250;
const CONNECT_TIMEOUT_MS = 3_000;
const KEEPALIVE_S = 10;
/** The broker keeps what a client has not had yet for so long; longer than any fault here. */
const SESSION_S = 3_600;

const QOS = { "mqtt-qos0": 0, "mqtt-qos1": 1, "mqtt-qos2": 2 } as const;
export type MqttChannelName = keyof typeof QOS;

/** MQTT 5 with a session that outlives connections. */
export class MqttChannel implements Channel {
  private readonly plan: ChannelPlan;
  private readonly qos: 0 | 1 | 2;
  private readonly client: MqttClient;

  constructor(plan: ChannelPlan & { name: MqttChannelName }, id: string) {
    this.plan = plan;
    this.qos = QOS[plan.name];
    this.client = connect({
      ...{ protocol: "mqtt", host: plan.host, port: plan.port, protocolVersion: 5, clientId: id },
      ...{ clean: false, properties: { sessionExpiryInterval: SESSION_S } },
      ...{ reconnectPeriod: RECONNECT_MS, connectTimeout: CONNECT_TIMEOUT_MS, keepalive: KEEPALIVE_S },
      // At most once: what cannot be sent now is not sent later.
      queueQoSZero: false,
    });
    // Small packets that wait for the acknowledgement of those before would add the other side's 40 ms to each.
    this.client.on("connect", () => {
      const { stream } = this.client as unknown as { stream: Partial<Socket> };
      stream.setNoDelay?.(true);
    });
    // It connects again by itself; without a listener an error would end the process.
    this.client.on("error", () => undefined);
  }

  async open(onReply: (text: string) => void): Promise<void> {
    this.client.on("message", (_topic, payload) => onReply(payload.toString()));
    if (!this.client.connected)
      await new Promise<void>((resolve) => this.client.once("connect", () => resolve()));
    await this.client.subscribeAsync(this.plan.reply, { qos: this.qos });
  }

  async publish(text: string): Promise<boolean> {
    try {
      await this.client.publishAsync(this.plan.request, text, { qos: this.qos });
      return this.qos > 0;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.client.endAsync(!this.client.connected, { properties: { sessionExpiryInterval: 0 } });
  }
}
