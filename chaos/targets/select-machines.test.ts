import { expect } from "chai";

import { LAB } from "./testing.ts";
import { selectMachines } from "./select-machines.ts";
import type { MachineSelector } from "./selector-schema.ts";

const select = (selector: MachineSelector, seed = 1, among: "cluster" | "machines" = "cluster") =>
  selectMachines(selector, { inventory: LAB, seed, among });
const names = (selector: MachineSelector, seed = 1, among: "cluster" | "machines" = "cluster") =>
  select(selector, seed, among).machines.map(({ name }) => name);

describe("selecting machines", () => {
  it("finds them by name, site, class, role and label", () => {
    expect(names("pi4-1")).to.deep.equal(["pi4-1"]);
    expect(names({ nodes: ["pi3-1", "pi4-1"] })).to.deep.equal(["pi4-1", "pi3-1"]);
    expect(names({ site: "edge-a" })).to.deep.equal(["pi4-1", "pi3-1"]);
    expect(names({ class: "pi4" })).to.deep.equal(["pi4-1", "pi4-2"]);
    expect(names({ role: "lighthouse" })).to.deep.equal(["lighthouse-1"]);
    expect(names({ label: "zone=b" })).to.deep.equal(["pi4-2"]);
  });

  it("means the server by a lighthouse where none is dedicated", () => {
    const inventory = LAB.filter(({ role }) => role !== "lighthouse");
    const found = selectMachines({ role: "lighthouse" }, { inventory, seed: 1, among: "cluster" });
    expect(found.machines.map(({ name }) => name)).to.deep.equal(["cloud-1"]);
  });

  it("takes only what fits every key", () => {
    expect(names({ site: "edge-a", class: "pi4" })).to.deep.equal(["pi4-1"]);
  });

  it("means the cluster's nodes by `all`, or every machine where links are meant", () => {
    expect(names({ all: true })).to.deep.equal(["cloud-1", "pi4-1", "pi3-1", "pi4-2"]);
    expect(names({ all: true }, 1, "machines")).to.have.length(LAB.length);
  });

  it("chooses a share rounded up, the same for a seed, and another for another one", () => {
    const half = (seed: number) => names({ role: "agent", fraction: 0.5 }, seed).join();
    expect(half(3)).to.equal(half(3));
    expect(half(3).split(",")).to.have.length(2);
    const drawn = new Set(Array.from({ length: 40 }, (_, seed) => half(seed)));
    expect(drawn.size).to.equal(3);
  });

  it("says from how many it chose", () => {
    expect(select({ role: "agent", count: 1 }).chosenFrom).to.equal(3);
    expect(select({ role: "agent" }).chosenFrom).to.equal(undefined);
  });

  it("says where a name is unknown, and which one was meant", () => {
    expect(select({ nodes: ["pi4-1", "pi31"] }).problems).to.deep.equal([
      {
        path: ["nodes", 1],
        message: "there is no machine `pi31`",
        expected: "one of cloud-1, pi4-1, pi3-1, pi4-2, lighthouse-1, tester",
        fix: "did you mean `pi3-1`?",
      },
    ]);
    expect(select({ class: "pi5" }).problems[0]?.fix).to.equal("did you mean `pi4`?");
  });

  it("refuses a selection of nothing, of too many, and one that says two things", () => {
    for (const selector of [
      {},
      { site: "edge-b", class: "pi3" },
      { role: "agent", count: 4 },
      { role: "agent", fraction: 0 },
      { role: "agent", count: 1, fraction: 0.5 },
      { all: true, site: "edge-a" },
    ] as MachineSelector[])
      expect(select(selector).problems, JSON.stringify(selector)).to.have.length(1);
  });
});
