import { expect } from "chai";

import type { ChannelName } from "../record/messages.ts";
import { accountOf, recoveryMs } from "./account.ts";
import type { MessageRecord } from "./plan.ts";

const ASKED = { phase: "steady", ratePerSecond: 10, durationMs: 500 };

/** Sent at 100, 200, ...; each `receivedAt` is that of the message with this number. */
const messages = (receivedAt: number[][], changes: Record<number, Partial<MessageRecord>> = {}) =>
  receivedAt.map((times, index): MessageRecord => {
    const at = 100 * (index + 1);
    const seen = { intendedAt: at, publishedAt: at, acknowledgedAt: at + 1, receivedAt: times, relayed: 1 };
    return { seq: index + 1, ...seen, ...changes[index + 1] };
  });
const account = (channel: ChannelName, all: MessageRecord[]) => accountOf({ channel, messages: all }, ASKED);

describe("the account of messages", () => {
  it("says of each message what became of it, and adds up", () => {
    const all = messages([[110], [290, 300, 310], [], [420], [410]], {
      3: { relayed: 0 },
      4: { relayed: 2 },
    });
    const found = account("mqtt-qos1", all);
    expect(found).to.deep.include({
      ...{ planned: 5, published: 5, acknowledged: 5, delivered: 4, duplicated: 2 },
      ...{ lost: [3], unconfirmed: 0, outOfOrder: 1, functionDuplicates: 1, guarantee: "at-least-once" },
      roundTripsMs: [10, 90, 20, -90],
    });
    expect(found.delivered + found.lost.length + found.unconfirmed).to.equal(found.published);
  });

  it("does not call lost what no broker has acknowledged", () => {
    const all = messages([[110], []]);
    delete all[1]?.acknowledgedAt;
    expect(account("nats-jetstream", all)).to.deep.include({ lost: [], unconfirmed: 1, acknowledged: 1 });
  });

  it("calls lost all that was published and did not come, where nothing is acknowledged", () => {
    const all = messages([[110], []]);
    for (const one of all) delete one.acknowledgedAt;
    expect(account("mqtt-qos0", all)).to.deep.include({ lost: [2], unconfirmed: 0, acknowledged: 0 });
  });

  it("measures recovery by messages that were published after the fault", () => {
    const record = { channel: "mqtt-qos1" as const, messages: messages([[110], [900], [450], []]) };
    expect(recoveryMs(record, 250)).to.equal(200);
    expect(recoveryMs(record, 350)).to.equal(undefined);
  });
});
