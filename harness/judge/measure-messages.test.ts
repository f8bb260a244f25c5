import { expect } from "chai";

import { ConfigError } from "../config/config-error.ts";
import type { MessageAccount } from "../record/messages.ts";
import { phase, runOf, START } from "../record/testing.ts";
import { judge } from "./judge.ts";
import { parseObjectives } from "./objective.ts";

const account = (changes: Partial<MessageAccount> = {}): MessageAccount => {
  const delivered = changes.delivered ?? 400;
  return {
    ...{ phase: "cut", channel: "mqtt-qos1", guarantee: "at-least-once", planned: 400, published: 400 },
    ...{ acknowledged: 400, delivered, duplicated: 0, outOfOrder: 0, lost: [], unconfirmed: 0 },
    ...{ functionDuplicates: 0, ratePerSecond: 20, durationMs: 20_000 },
    roundTripsMs: Array.from({ length: delivered }, (_, index) => 10 + index / 100),
    ...changes,
  };
};

const judged = (yaml: string, ...accounts: MessageAccount[]) => {
  const events = accounts.map((one) => ({ type: "messages" as const, at: START, account: one }));
  const recorded = runOf({ phases: [phase("cut")], events });
  return judge(recorded, parseObjectives(`objectives:\n  - { name: x, ${yaml} }\n`, "x.yaml"));
};
const LOSS = "quantity: message-loss, limit: 0, scope: { phase: cut, channel: mqtt-qos1 }";
const lost = { delivered: 398, lost: [7, 19] };

describe("objectives on messages", () => {
  it("none that was acknowledged may be lost: a single one misses, and is named", () => {
    expect(judged(LOSS, account())[0]).to.include({ verdict: "met", received: 0, n: 400, unit: "count" });
    const [one] = judged(LOSS, account(lost));
    expect(one).to.include({ verdict: "missed", received: 2 });
    expect(one?.reason).to.contain("7, 19");
  });

  it("what was not acknowledged is told, and is no loss", () => {
    const [one] = judged(LOSS, account({ acknowledged: 390, delivered: 390, unconfirmed: 10 }));
    expect(one).to.include({ verdict: "met", n: 390 });
    expect(one?.reason).to.contain("10 of 400 were neither acknowledged nor delivered");
  });

  it("a share has an interval, of what was published where nothing is acknowledged", () => {
    const yaml = "quantity: message-loss, limit: 10%, scope: { phase: cut, channel: mqtt-qos0 }";
    const core = { channel: "mqtt-qos0", guarantee: "at-most-once", acknowledged: 0 } as const;
    const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    const of = (count: number) => account({ ...core, delivered: 400 - count, lost: numbers(count) });
    expect(judged(yaml, of(8))[0]).to.include({ verdict: "met", received: 0.02 });
    expect(judged(yaml, of(40))[0]?.verdict).to.equal("inconclusive");
    expect(judged(yaml, of(120))[0]?.verdict).to.equal("missed");
  });

  it("duplicates are counted apart", () => {
    const yaml = "quantity: message-duplicates, limit: 0, scope: { phase: cut }";
    expect(judged(yaml, account())[0]?.verdict).to.equal("met");
    const [one] = judged(yaml, account({ duplicated: 1, functionDuplicates: 1 }));
    expect(one).to.include({ verdict: "missed", received: 1 });
    expect(one?.reason).to.contain("the function received 1 more often than once");
  });

  it("a message that never came back has an infinite round trip", () => {
    const yaml = "quantity: message-round-trip, percentile: p95, limit: 100ms, scope: { phase: cut }";
    expect(judged(yaml, account())[0]).to.include({ verdict: "met", n: 400 });
    const never = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(judged(yaml, account({ delivered: 340, lost: never }))[0]).to.include({
      verdict: "missed",
      received: Infinity,
    });
  });

  it("judges each channel by itself", () => {
    const yaml = "quantity: message-loss, limit: 0, scope: { phase: cut }";
    const all = judged(yaml, account(lost), account({ channel: "mqtt-qos2", guarantee: "exactly-once" }));
    expect(all.map(({ scope, verdict }) => `${scope.function} ${verdict}`)).to.deep.equal([
      "mqtt-qos1 missed",
      "mqtt-qos2 met",
    ]);
  });

  const none = { planned: 0, published: 0, acknowledged: 0, delivered: 0 };
  for (const yaml of [
    LOSS,
    "quantity: message-duplicates, limit: 0, scope: { phase: cut }",
    "quantity: message-round-trip, percentile: p50, limit: 1s, scope: { phase: cut }",
  ])
    it(`is never met by nothing: ${yaml}`, () => {
      expect(judged(yaml)[0]?.verdict).to.equal("broken");
      expect(judged(yaml, account(none))[0]?.verdict).to.equal("inconclusive");
      expect(judged(yaml, account({ ...none, planned: 400 }))[0]?.verdict).to.equal("inconclusive");
      const unanswered = { acknowledged: 0, delivered: 0, unconfirmed: 400 };
      expect(judged(yaml, account(unanswered))[0]?.verdict).to.not.equal("met");
    });

  it("concludes nothing from counts that do not add up, or from fewer messages than planned", () => {
    expect(judged(LOSS, account({ delivered: 399 }))[0]).to.include({ verdict: "broken" });
    expect(judged(LOSS, account({ roundTripsMs: [1] }))[0]).to.include({ verdict: "broken" });
    expect(judged(LOSS, account({ planned: 500 }))[0]).to.include({ verdict: "inconclusive" });
  });

  it("takes no limit that nothing could be above", () => {
    const limit = (text: string) => () =>
      judged(`quantity: message-loss, limit: "${text}", scope: { phase: cut }`, account());
    for (const wrong of ["100%", ">= 3", "20ms", "2x", "0%"])
      expect(limit(wrong), wrong).to.throw(ConfigError);
  });
});
