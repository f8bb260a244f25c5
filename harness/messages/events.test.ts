import { expect } from "chai";
import { createHash } from "node:crypto";

import { eventAccount, eventKey, type ReadBack } from "./events.ts";
import type { MessageRecord } from "./plan.ts";

const COUNT = 50;
const RUN = "steady-1";
const ASKED = { phase: "steady", ratePerSecond: 10, durationMs: COUNT * 100, run: RUN };

const bytesHash = (seq: number): string =>
  createHash("sha256").update(`{"run":"${RUN}","seq":${seq}}`).digest("hex");

const messages = Array.from({ length: COUNT }, (_, index): MessageRecord => {
  const at = 100 * index;
  const stored = { receivedAt: at + 5, storedAt: at + 9 };
  const seen = { intendedAt: at, publishedAt: at, acknowledgedAt: at + 2, receivedAt: [at + 12], relayed: 1 };
  return { seq: index + 1, ...seen, stored };
});
const store = (): Map<string, ReadBack> =>
  new Map(messages.map(({ seq }) => [eventKey(RUN, seq), { hash: bytesHash(seq), at: 9_000 + seq }]));
const account = (found: ReadonlyMap<string, ReadBack>, all = messages) =>
  eventAccount({ channel: "nats-to-s3", messages: all }, { ...ASKED, found });

describe("the account of events that a function stores", () => {
  it("has the way of each, from its publication to its being read back", () => {
    const found = account(store());
    expect(found).to.deep.include({ published: COUNT, delivered: COUNT, lost: [], unconfirmed: 0 });
    expect(found.timelines?.[1]).to.deep.equal({
      ...{ seq: 2, publishedAt: 100, acknowledgedAt: 102, receivedAt: 105, storedAt: 109 },
      ...{ confirmedAt: 112, readAt: 9_002 },
    });
  });

  for (const seq of [1, 23, COUNT])
    it(`finds that the store has dropped event ${seq}, though the function had confirmed it`, () => {
      const found = store();
      found.delete(eventKey(RUN, seq));
      expect(account(found)).to.deep.include({ delivered: COUNT - 1, lost: [seq] });
    });

  it("counts an object that is there with other bytes, or is said not to be there, as lost", () => {
    const found = store();
    found.set(eventKey(RUN, 7), { hash: bytesHash(8), at: 9_000 });
    found.set(eventKey(RUN, 9), { at: 9_000 });
    expect(account(found).lost).to.deep.equal([7, 9]);
  });

  it("counts one that is there without a confirmation as delivered, when it was read", () => {
    const quiet = messages.map((one): MessageRecord => {
      if (one.seq !== 3) return one;
      const { stored: _, ...rest } = one;
      return { ...rest, receivedAt: [] };
    });
    const found = account(store(), quiet);
    expect(found).to.deep.include({ delivered: COUNT, lost: [] });
    expect(found.roundTripsMs[2]).to.equal(9_003 - 200);
  });
});
