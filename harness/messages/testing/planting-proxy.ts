import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** One whole packet of a client on its way to the broker. */
export interface Packet {
  bytes: Buffer;
  /** What to answer so that the client takes it as acknowledged; undefined for packets that are none to be lost. */
  acknowledgement: () => Buffer | undefined;
  /** Belongs to a packet that was lost: it goes the same way. */
  ofLost?: boolean;
}

/** Cuts a client's stream into whole packets; keeps what is not whole yet. */
export type Splitter = () => (chunk: Buffer) => Packet[];

/** What becomes of a packet: `drop` takes it away and acknowledges it in the broker's name, `twice` passes it two times. */
export type Plant = (packet: Packet) => "pass" | "drop" | "twice";

export interface PlantingProxy {
  port: number;
  /** How often something else than `pass` was done. */
  planted: () => number;
  stop(): Promise<void>;
}

/** In front of a broker on the loopback: a broker that loses, or doubles, what it is told to. */
export async function plantingProxy(
  upstream: number,
  splitter: Splitter,
  plant: Plant,
): Promise<PlantingProxy> {
  let planted = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect({ host: "127.0.0.1", port: upstream });
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        broker.destroy();
      });
    }
    broker.pipe(client);
    const split = splitter();
    client.on("data", (chunk: Buffer) => {
      for (const packet of split(chunk)) {
        const does = packet.ofLost ? "drop" : plant(packet);
        if (does !== "pass" && !packet.ofLost) planted++;
        if (does === "drop") client.write(packet.acknowledgement() ?? Buffer.alloc(0));
        else broker.write(does === "twice" ? Buffer.concat([packet.bytes, packet.bytes]) : packet.bytes);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    planted: () => planted,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const PUBLISH = 3;
const PUBREL = 6;

/** MQTT 5 (2.1.4: the length is in base 128, the lowest digit first). A lost publication of QoS 2 takes its PUBREL with it. */
export const mqttPackets: Splitter = () => {
  let rest = Buffer.alloc(0);
  /** Packet identifiers of lost publications of QoS 2. */
  const lost = new Set<number>();
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const packets: Packet[] = [];
    for (;;) {
      let length = 0;
      let at = 1;
      for (; at < rest.length; at++) {
        length += (rest[at]! & 0x7f) * 128 ** (at - 1);
        if (rest[at]! < 0x80) break;
      }
      if (at >= rest.length || rest.length < at + 1 + length) return packets;
      const bytes = rest.subarray(0, at + 1 + length);
      rest = rest.subarray(bytes.length);
      packets.push(mqttPacket(bytes, at + 1, lost));
    }
  };
};

/** Answers are PUBACK (4), PUBREC (5) and PUBCOMP (7), without reason codes, which is success (MQTT 5, 3.4.2.1). */
function mqttPacket(bytes: Buffer, body: number, lost: Set<number>): Packet {
  const answer = (type: number, id: number): Buffer => Buffer.from([type << 4, 2, id >> 8, id & 0xff]);
  const [first = 0] = bytes;
  if (first >> 4 === PUBREL) {
    const id = bytes.readUInt16BE(body);
    return { bytes, ofLost: lost.has(id), acknowledgement: () => answer(7, id) };
  }
  const qos = first >> 4 === PUBLISH ? (first >> 1) & 3 : 0;
  return {
    bytes,
    acknowledgement: () => {
      if (qos === 0) return undefined;
      const id = bytes.readUInt16BE(body + 2 + bytes.readUInt16BE(body));
      if (qos === 1) return answer(4, id);
      lost.add(id);
      return answer(5, id);
    },
  };
}

/** NATS: lines, and after PUB and HPUB a payload. https://docs.nats.io/reference/reference-protocols/nats-protocol */
export const natsPackets: Splitter = () => {
  let rest = Buffer.alloc(0);
  const inboxes = new Map<string, string>();
  let stored = 1_000_000;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const packets: Packet[] = [];
    for (;;) {
      const end = rest.indexOf("\r\n");
      if (end < 0) return packets;
      const words = rest.toString("latin1", 0, end).split(/\s+/);
      const [verb = "", subject = ""] = words;
      const publishes = verb === "PUB" || verb === "HPUB";
      const length = end + 2 + (publishes ? Number(words.at(-1)) + 2 : 0);
      if (rest.length < length) return packets;
      const bytes = rest.subarray(0, length);
      rest = rest.subarray(length);
      if (verb === "SUB") inboxes.set(subject.replace(/\*$/, ""), words.at(-1) ?? "");
      const reply = publishes && words.length === (verb === "PUB" ? 4 : 5) ? words[2]! : undefined;
      packets.push({
        bytes,
        acknowledgement: () => (reply === undefined ? undefined : pubAck(reply, inboxes, ++stored)),
      });
    }
  };
};

/** JetStream's word that a message is stored, on the inbox that the client asked for it. */
function pubAck(reply: string, inboxes: ReadonlyMap<string, string>, seq: number): Buffer | undefined {
  const [, sid] = [...inboxes].find(([prefix]) => reply.startsWith(prefix)) ?? [];
  const text = JSON.stringify({ stream: "EDGEPROOF", seq });
  return sid === undefined ? undefined : Buffer.from(`MSG ${reply} ${sid} ${text.length}\r\n${text}\r\n`);
}
