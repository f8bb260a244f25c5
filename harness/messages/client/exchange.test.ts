import { expect } from "chai";

import type { ChannelName } from "../../record/messages.ts";
import { freeHostPort } from "../../rig/driver/container/host-port.ts";
import { nodeTarget } from "../../toolchain/node-target.ts";
import { startToolchain } from "../../toolchain/resolve.ts";
import { accountOf } from "../account.ts";
import type { ChannelPlan } from "../plan.ts";
import { type Broker, findMosquitto, startMosquitto, startNats } from "../testing/brokers.ts";
import {
  mqttPackets,
  natsPackets,
  type Packet,
  type Plant,
  plantingProxy,
  type Splitter,
} from "../testing/planting-proxy.ts";
import { exchangeAll } from "./exchange-all.ts";
import { openChannel } from "./open-channel.ts";

const COUNT = 40;
const LOAD = { ratePerSecond: 400, durationMs: (COUNT * 1000) / 400 };
/** Nothing is late on the loopback; a host that is busy with other tests has stalled for 250 ms. */
const DRAIN_MS = 1_000;

const own = /"seq":(\d+)[,}]/;
const number = ({ bytes }: Packet): number => Number(own.exec(bytes.toString("latin1"))?.[1] ?? 0);
const droppedOnce = (seq: number): Plant => {
  let done = false;
  return (packet) => {
    if (done || number(packet) !== seq) return "pass";
    done = true;
    return "drop";
  };
};
const twice =
  (seq: number): Plant =>
  (packet) =>
    number(packet) === seq ? "twice" : "pass";

describe("messages through a real broker, counted by their sequence numbers", function () {
  this.timeout(180_000);
  let runs = 0;

  /** Without a function: what is published comes back by the subscription to the same topic. */
  async function account(name: ChannelName, port: number) {
    const topic = name.startsWith("mqtt") ? `echo/${name}` : `edgeproof.stream.${name}`;
    const channel: ChannelPlan = { name, host: "127.0.0.1", port, request: topic, reply: topic };
    const plan = {
      run: `t${++runs}-${Date.now()}`,
      channels: [channel],
      seed: runs,
      ...LOAD,
      drainMs: DRAIN_MS,
    };
    const now = () => performance.timeOrigin + performance.now();
    const [record] = await exchangeAll(plan, { open: openChannel, now });
    return accountOf(record!, { phase: "test", ...LOAD });
  }

  /** The same through a broker that does to a message what `plant` says, once. */
  async function planted(name: ChannelName, broker: Broker, splitter: Splitter, plant: Plant) {
    const proxy = await plantingProxy(broker.port, splitter, plant);
    try {
      const found = await account(name, proxy.port);
      expect(proxy.planted(), "planted").to.equal(1);
      return found;
    } finally {
      await proxy.stop();
    }
  }

  const cases = (splitter: Splitter, channels: readonly ChannelName[], broker: () => Broker) => {
    for (const name of channels) {
      const acknowledged = name === "nats-core" || name === "mqtt-qos0" ? 0 : COUNT;
      const all = { planned: COUNT, published: COUNT, acknowledged, unconfirmed: 0 };

      it(`${name}: all come back, once and in order`, async () => {
        const found = await account(name, broker().port);
        expect(found).to.deep.include({ ...all, delivered: COUNT, lost: [], duplicated: 0, outOfOrder: 0 });
        expect(found.roundTripsMs).to.have.length(COUNT);
      });

      for (const seq of [1, 17, COUNT])
        it(`${name}: finds that the broker lost message ${seq}, and no other`, async () => {
          const found = await planted(name, broker(), splitter, droppedOnce(seq));
          expect(found).to.deep.include({ ...all, delivered: COUNT - 1, lost: [seq], duplicated: 0 });
        });
      // A publication of QoS 2 that comes again is known to the broker by its identifier.
      if (name === "mqtt-qos2") continue;
      it(`${name}: finds that the broker has doubled a message`, async () => {
        const found = await planted(name, broker(), splitter, twice(9));
        expect(found).to.deep.include({ ...all, delivered: COUNT, lost: [], duplicated: 1 });
      });
    }
  };

  describe("NATS", () => {
    let broker: Broker;
    before("build and start nats-server", async () => {
      const tool = startToolchain(["nats-server"], nodeTarget(process.arch)).get("nats-server");
      broker = await startNats((await tool)!.path);
    });
    after(() => broker.stop());
    cases(natsPackets, ["nats-core", "nats-jetstream"], () => broker);
  });

  describe("Mosquitto", () => {
    let broker: Broker | undefined;
    before("start mosquitto", async function () {
      const program = await findMosquitto();
      if (program === undefined) return this.skip();
      broker = await startMosquitto(program, await freeHostPort());
    });
    after(() => broker?.stop());
    cases(mqttPackets, ["mqtt-qos0", "mqtt-qos1", "mqtt-qos2"], () => broker!);
  });
});
