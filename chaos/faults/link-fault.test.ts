import { expect } from "chai";
import { NetnsRig, whyNoNetns } from "../netns/netns-rig.ts";
import type { WanClient } from "../wan/wan-client.ts";
import type { DirectedLink, WanEngine } from "../wan/wan-engine.ts";
import type { LinkParams } from "../../harness/config/model.ts";
import { LinkFault } from "./link-fault.ts";

const both = (a: string, b: string, params: LinkParams): DirectedLink[] => [
  { from: a, to: b, params },
  { from: b, to: a, params },
];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("A link fault on a real WAN service in network namespaces", function () {
  this.timeout(60_000);
  let rig: NetnsRig | undefined;
  let wan: WanClient;

  before(async function () {
    const reason = await whyNoNetns();
    if (reason) {
      console.log(`skipped: ${reason}`);
      this.skip();
    }
    rig = await NetnsRig.create(["cloud", "pi", "tester"]);
    wan = await rig.startWan();
  });

  after(async () => {
    await wan?.close();
    await rig?.destroy();
  });

  const fault = (links: DirectedLink[], engine: WanEngine = wan, base: DirectedLink[] = []): LinkFault =>
    new LinkFault({ name: "slow-uplink", phase: "fault", engine, nodes: rig!.nodes, links, base });

  it("holds for profile cld, is measured on the wire, and is gone afterwards", async () => {
    const slow = fault(both("cloud", "pi", { delayMs: 12.5, jitterMs: 2.5, loss: 0.002 }));
    expect(slow.describe()).to.contain("cloud -> pi delayMs 12.5, jitterMs 2.5, loss 0.002");
    await slow.inject();
    await pause(4000);
    await slow.heal();
    await slow.heal();
    const receipt = await slow.verify();
    expect(receipt.reasons).to.deep.equal([]);
    expect(receipt.during.map(({ quantity }) => quantity)).to.deep.equal(["loss", "rtt-ms", "jitter-ms"]);
    expect(await wan.inForce()).to.deep.equal([]);
  });

  it("holds for a partition over a profile, and goes back to the profile", async () => {
    const base = both("cloud", "tester", { delayMs: 5 });
    await wan.apply(base);
    const cut = fault(both("cloud", "tester", { loss: 1 }), wan, base);
    await cut.inject();
    await pause(3500);
    await cut.heal();
    const receipt = await cut.verify();
    expect(receipt.reasons).to.deep.equal([]);
    expect(receipt.during).to.have.length(1);
    expect(receipt.during[0]).to.include({ quantity: "reachable", measured: 0, held: true });
    expect(await wan.inForce()).to.deep.equal(base);
    await wan.clear();
  });

  it("does not hold when the engine only says that it did it", async () => {
    const idle = { ...({} as WanEngine), apply: () => Promise.resolve(), inForce: () => Promise.resolve([]) };
    const pretended = fault(both("cloud", "pi", { delayMs: 20 }), idle);
    await pretended.inject();
    await pause(3500);
    await pretended.heal();
    const receipt = await pretended.verify();
    expect(receipt.held).to.equal(false);
    expect(receipt.reasons.join("\n"))
      .to.contain("the engine has no impairment in force at the end, delayMs 20 asked")
      .and.to.contain("cloud <-> pi during: rtt-ms");
  });

  it("refuses impossible links before it touches anything", () => {
    expect(() => fault(both("cloud", "pi", { loss: 2 }))).to.throw("loss is 2");
    expect(() => fault(both("cloud", "moon", {}))).to.throw('"moon" is no machine');
  });
});
