import { expect } from "chai";
import type { LinkParams } from "../../harness/config/model.ts";
import { DirectGuard } from "../journal/direct-guard.ts";
import { useNetnsWan } from "../netns/use-netns-wan.ts";
import { LinkStack } from "../wan/link-stack.ts";
import type { DirectedLink, WanEngine } from "../wan/wan-engine.ts";
import { LinkFault } from "./link-fault.ts";

const both = (a: string, b: string, params: LinkParams): DirectedLink[] => [
  { from: a, to: b, params },
  { from: b, to: a, params },
];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("A link fault on a real WAN service in network namespaces", function () {
  this.timeout(90_000);
  const netns = useNetnsWan(["cloud", "pi", "tester"]);

  const fault = (
    first: DirectedLink[],
    stack = new LinkStack(netns.wan),
    more: Partial<ConstructorParameters<typeof LinkFault>[0]> = {},
  ): LinkFault =>
    new LinkFault({
      name: "slow-uplink",
      phase: "fault",
      stack,
      guard: new DirectGuard(),
      nodes: netns.rig.nodes,
      runtime: netns.runtime,
      timeline: { first },
      ...more,
    });

  it("holds for profile cld by pings alone, is measured on the wire, and is gone afterwards", async () => {
    const slow = fault(both("cloud", "pi", { delayMs: 12.5, jitterMs: 2.5, loss: 0.002 }), undefined, {
      depth: "pings",
    });
    expect(slow.describe()).to.contain("cloud -> pi delayMs 12.5, jitterMs 2.5, loss 0.002");
    expect(slow.plan()[0]).to.equal("wan: cloud -> pi delayMs 12.5, jitterMs 2.5, loss 0.002");
    await slow.inject();
    await pause(4000);
    await slow.heal();
    await slow.heal();
    const receipt = await slow.verify();
    expect(receipt.reasons).to.deep.equal([]);
    expect(receipt.during.map(({ quantity }) => quantity)).to.deep.equal(["loss", "rtt-ms", "jitter-ms"]);
    expect(await netns.wan.inForce()).to.deep.equal([]);
  });

  it("proves which direction of a one-way partition is cut, over a profile to which it goes back", async () => {
    const stack = new LinkStack(netns.wan);
    const base = both("cloud", "tester", { delayMs: 5 });
    await stack.set("profile", base);
    const cut = fault([{ from: "cloud", to: "tester", params: { loss: 1 } }], stack);
    await cut.inject();
    await pause(3500);
    await cut.heal();
    const receipt = await cut.verify();
    expect(receipt.reasons).to.deep.equal([]);
    const found = receipt.during.map(({ subject, quantity, asked, held }) => ({
      subject,
      quantity,
      asked,
      held,
    }));
    expect(found).to.deep.include({
      subject: "cloud -> tester",
      quantity: "reachable",
      asked: 0,
      held: true,
    });
    expect(found).to.deep.include({ subject: "tester -> cloud", quantity: "loss", asked: 0, held: true });
    expect(await netns.wan.inForce()).to.deep.equal(base);
    await stack.remove("profile");
  });

  it("holds for two faults that overlap and end in the order of their beginning, each by what was in force", async () => {
    const stack = new LinkStack(netns.wan);
    const slow = fault(both("cloud", "pi", { delayMs: 30 }), stack, { name: "slow" });
    const lossy = fault(both("cloud", "pi", { loss: 0.3 }), stack, { name: "lossy" });
    await slow.inject();
    await pause(2500);
    await lossy.inject();
    await pause(3000);
    await slow.heal();
    await pause(2500);
    await lossy.heal();
    const receipts = [await slow.verify(), await lossy.verify()];
    expect(receipts.flatMap(({ reasons }) => reasons)).to.deep.equal([]);
    expect(receipts[1]!.during.map(({ subject }) => subject).join("\n"))
      .to.contain("delayMs 30, loss 0.3")
      .and.to.contain("(loss 0.3");
    expect(await netns.wan.inForce()).to.deep.equal([]);
  });

  it("does not hold when the engine only says that it did it", async () => {
    const idle = { ...({} as WanEngine), apply: () => Promise.resolve(), inForce: () => Promise.resolve([]) };
    const pretended = fault(both("cloud", "pi", { delayMs: 20 }), new LinkStack(idle));
    await pretended.inject();
    await pause(3500);
    await pretended.heal();
    const receipt = await pretended.verify();
    expect(receipt.held).to.equal(false);
    expect(receipt.reasons.join("\n"))
      .to.contain("the engine has no impairment in force at the end, delayMs 20 asked")
      .and.to.contain("cloud <-> pi during: rtt-ms")
      .and.to.contain("cloud -> pi during: latency-ms");
  });

  it("does not hold when what was measured would look the same without it", async () => {
    const seldom = fault(both("cloud", "pi", { loss: 0.0001 }));
    await seldom.inject();
    await pause(3000);
    await seldom.heal();
    const { held, reasons } = await seldom.verify();
    expect(held).to.equal(false);
    expect(reasons.join("\n")).to.contain("would look the same without the fault");
  });

  it("refuses impossible links before it touches anything", () => {
    expect(() => fault(both("cloud", "pi", { loss: 2 }))).to.throw("loss is 2");
    expect(() => fault(both("cloud", "moon", {}))).to.throw('"moon" is no machine');
  });
});
