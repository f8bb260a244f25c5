import { expect } from "chai";

import { LAB } from "./testing.ts";
import { selectLinks } from "./select-links.ts";
import { linkSelector, type LinkSelector } from "./selector-schema.ts";

const select = (selector: LinkSelector) => selectLinks(selector, LAB, 1);
const shown = (selector: LinkSelector) =>
  select(selector).directions.map(({ from, to }) => `${from} -> ${to}`);

describe("selecting links", () => {
  it("takes one direction, or both", () => {
    expect(shown({ from: "pi4-1", to: "cloud-1" })).to.deep.equal(["pi4-1 -> cloud-1"]);
    expect(shown({ from: "pi4-1", to: "cloud-1", bothWays: true })).to.deep.equal([
      "pi4-1 -> cloud-1",
      "cloud-1 -> pi4-1",
    ]);
  });

  it("means by `rest`, and by nothing, all machines that are not in `from`", () => {
    expect(shown({ from: { site: "edge-a" } })).to.deep.equal(
      shown({ from: { site: "edge-a" }, to: "rest" }),
    );
    expect(shown({ from: { site: "edge-a" } })).to.have.length(2 * 4);
  });

  it("takes every direction between two sites, and none within one", () => {
    expect(shown({ between: ["edge-a", "edge-b"] })).to.have.members([
      "pi4-1 -> pi4-2",
      "pi3-1 -> pi4-2",
      "pi4-2 -> pi4-1",
      "pi4-2 -> pi3-1",
    ]);
  });

  it("names each direction once, and no machine with itself", () => {
    const both = shown({ from: { class: "pi4" }, to: { class: "pi4" }, bothWays: true });
    expect(both).to.have.members(["pi4-1 -> pi4-2", "pi4-2 -> pi4-1"]);
    expect(shown({ all: true })).to.have.length(6 * 5);
  });

  it("says which end is wrong", () => {
    const { problems } = select({ from: "pi4-1", to: { node: "cloud1" } });
    expect(problems.map(({ path, fix }) => [path, fix])).to.deep.equal([
      [["to", "node"], "did you mean `cloud-1`?"],
    ]);
    expect(select({ between: ["edge-a", "edge-c"] }).problems[0]?.path).to.deep.equal(["between", 1]);
    expect(select({ from: "pi4-1", to: "pi4-1" }).problems).to.have.length(1);
  });

  it("wants exactly one of `from`, `between` and `all`", () => {
    expect(linkSelector.safeParse({ from: "pi4-1" }).success).to.equal(true);
    expect(linkSelector.safeParse({ from: "pi4-1", all: true }).success).to.equal(false);
    expect(linkSelector.safeParse({ to: "pi4-1" }).success).to.equal(false);
  });
});
