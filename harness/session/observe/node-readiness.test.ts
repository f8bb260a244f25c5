import { expect } from "chai";

import { NodeReadiness } from "./node-readiness.ts";

describe("what is seen of a node's readiness", () => {
  it("is no event where the node is Ready throughout, however often that is said", () => {
    const node = new NodeReadiness();
    for (const at of [10, 20, 30, 40]) node.saw(true, at);
    expect([node.notReadyEvents, node.notReadyAfter(25), node.readyAfter(35)]).to.deep.equal([
      0,
      undefined,
      0,
    ]);
  });

  it("counts each loss, and measures the first one from injection and the last recovery from the fault's end", () => {
    const node = new NodeReadiness();
    node.saw(true, 0);
    for (const [ready, at] of [
      [false, 1_500],
      [true, 2_200],
      [false, 3_000],
      [true, 3_700],
    ] as const)
      node.saw(ready, at);
    expect(node.notReadyEvents).to.equal(2);
    expect(node.notReadyAfter(1_000)).to.equal(500);
    expect(node.readyAfter(2_000)).to.equal(1_700);
  });

  it("has no value for a node that is not Ready in the end", () => {
    const node = new NodeReadiness();
    node.saw(true, 0);
    node.saw(false, 100);
    expect(node.readyAfter(50)).to.equal(undefined);
  });

  it("does not take a node that was not Ready to begin with for one that a fault has hit", () => {
    const node = new NodeReadiness();
    node.saw(false, 0);
    node.saw(true, 10);
    expect([node.notReadyEvents, node.notReadyAfter(5)]).to.deep.equal([0, undefined]);
  });
});
