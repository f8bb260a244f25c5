import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { type Blast, brokenEnds, ensureBlastRadius } from "./blast-radius.ts";
import { ensureConfirmed } from "./confirm.ts";

const link = (from: string, to: string) => ({ from, to });
const blast = (name: string, startMs: number, endMs: number, ...nodes: string[]): Blast => ({
  name,
  startMs,
  endMs,
  nodes,
});
const ensure = (blasts: Blast[], maxNodes: number, allowServer = false) =>
  ensureBlastRadius(blasts, { maxNodes, allowServer }, ["cloud-1"], "lab.yaml");

describe("the blast radius", () => {
  it("counts one node that is cut off from all others once, and the server only where it must", () => {
    const cutOff = ["cloud-1", "pi3-1", "tester"].flatMap((other) => [
      link("pi4-1", other),
      link(other, "pi4-1"),
    ]);
    expect(brokenEnds(cutOff, ["cloud-1"])).to.deep.equal(["pi4-1"]);
    expect(brokenEnds([link("cloud-1", "pi4-1")], ["cloud-1"])).to.deep.equal(["pi4-1"]);
    expect(brokenEnds([link("cloud-1", "pi4-1"), link("cloud-1", "pi3-1")], ["cloud-1"])).to.deep.equal([
      "cloud-1",
    ]);
  });

  it("counts what is broken at one time, not one after the other", () => {
    const first = blast("a", 0, 10, "pi4-1");
    expect(() => ensure([first, blast("b", 10, 20, "pi3-1")], 1)).to.not.throw();
    expect(() => ensure([first, blast("b", 9, 20, "pi3-1")], 1)).to.throw(
      EdgeproofError,
      "a, b break 2 nodes",
    );
    expect(() => ensure([first, blast("b", 9, 20, "pi4-1")], 1)).to.not.throw();
  });

  it("leaves the only server alone unless told otherwise", () => {
    const onServer = [blast("a", 0, 10, "cloud-1")];
    expect(() => ensure(onServer, 3)).to.throw(EdgeproofError, "the only server");
    expect(() => ensure(onServer, 3, true)).to.not.throw();
  });
});

describe("real machines", () => {
  it("are broken only when their rig was named", () => {
    expect(() => ensureConfirmed("container", "lab", undefined)).to.not.throw();
    expect(() => ensureConfirmed("ssh", "boards", "boards")).to.not.throw();
    expect(() => ensureConfirmed("ssh", "boards", undefined))
      .to.throw(EdgeproofError)
      .with.property("expected", "--confirm boards");
    expect(() => ensureConfirmed("ssh", "boards", "lab")).to.throw(EdgeproofError, "another rig");
  });
});
