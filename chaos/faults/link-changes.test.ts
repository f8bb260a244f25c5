import { expect } from "chai";

import { DirectGuard } from "../journal/direct-guard.ts";
import { LinkStack } from "../wan/link-stack.ts";
import { MemoryDriver } from "../wan/testing.ts";
import type { DirectedLink, WanEngine } from "../wan/wan-engine.ts";
import { linkChanges } from "./link-changes.ts";

const FIRST: DirectedLink[] = [
  { from: "a", to: "b", params: { delayMs: 5 } },
  { from: "b", to: "a", params: { loss: 1 } },
];
const LATER: DirectedLink = { from: "c", to: "a", params: { delayMs: 1 } };

const engineOf = (driver: MemoryDriver): WanEngine => ({
  backend: driver.backend,
  apply: (links) => driver.apply(links),
  clear: () => Promise.resolve(),
  inForce: () => driver.inForce(),
  counters: () => Promise.resolve([]),
  close: () => driver.close(),
});

describe("the changes of a link fault", () => {
  const engine = new MemoryDriver();
  const changes = (wanHost: (from: string) => string, stack: LinkStack) =>
    linkChanges({
      ...{ stack, layer: "fault/slow", first: FIRST, links: [...FIRST, LATER], wanHost, runtime: "/r" },
    });
  const stackOf = (): LinkStack => new LinkStack(engineOf(engine));

  it("are one where a router impairs", () => {
    const made = changes(() => "wan", stackOf());
    expect(made.map(({ what }) => what)).to.deep.equal(["wan: a -> b delayMs 5; b -> a loss 1"]);
  });

  it("are one for each machine that ever impairs, each with an undo step of its own", () => {
    const made = changes((from) => from, stackOf());
    expect(made.map(({ what }) => what)).to.deep.equal([
      "a: a -> b delayMs 5",
      "b: b -> a loss 1",
      "c: nothing at first",
    ]);
    const argv = ["/r/node", "/r/wan-control.mjs", "clear"];
    expect(made.map(({ undo }) => undo)).to.deep.equal(
      ["a", "b", "c"].map((node) => ({ kind: "node", node, undo: { kind: "exec", argv } })),
    );
  });

  it("put nothing in force before every machine has its undo step, then all at once, and take all away again", async () => {
    const made = changes((from) => from, stackOf());
    const guard = new DirectGuard();
    const seen: number[] = [];
    for (const change of made) {
      await guard.apply("f", change);
      seen.push((await engine.inForce()).length);
    }
    expect(seen).to.deep.equal([0, 0, 2]);
    await guard.revert("f");
    expect(await engine.inForce()).to.deep.equal([]);
  });

  it("leave each machine to its own undo step where the links cannot be taken away together", async () => {
    const made = changes((from) => from, stackOf());
    for (const change of made) await change.apply();
    engine.onApply = () => Promise.reject(new Error("b does not answer"));
    const reverted = await Promise.allSettled(
      made.toReversed().map((change) => Promise.resolve(change.revert?.())),
    );
    expect(reverted.map(({ status }) => status)).to.deep.equal(["rejected", "rejected", "rejected"]);
  });
});
