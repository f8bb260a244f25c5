import type { ChannelPlan } from "../plan.ts";
import type { Channel, OpenChannel } from "./channel.ts";
import { JetStreamChannel } from "./jetstream-channel.ts";
import { MqttChannel } from "./mqtt-channel.ts";
import { NatsChannel } from "./nats-channel.ts";

/** The channel of a plan, not yet open. */
export const openChannel: OpenChannel = (plan: ChannelPlan, id: string): Channel => {
  const { name } = plan;
  switch (name) {
    case "mqtt-qos0":
    case "mqtt-qos1":
    case "mqtt-qos2":
      return new MqttChannel({ ...plan, name }, id);
    case "nats-core":
      return new NatsChannel(plan, id);
    case "nats-jetstream":
    case "nats-to-s3":
      return new JetStreamChannel(plan, id);
  }
};
