import { expect } from "chai";

import type { Inventory, InventoryNode } from "../../../config/inventory.ts";
import { loadTopology } from "../../../config/load.ts";
import { matchInventory } from "./match-inventory.ts";

const node = (
  name: string,
  role: InventoryNode["role"],
  more: Partial<InventoryNode> = {},
): InventoryNode => ({
  ...{ name, role, address: "192.0.2.1", underlay: "192.0.2.1", port: 22 },
  ...{ user: undefined, key: undefined, proxyJump: undefined, site: undefined, deviceClass: undefined },
  ...more,
});
const inventory = (nodes: InventoryNode[]): Inventory => ({
  ...{ name: "lab", knownHosts: undefined, onNodeLost: "rollback", nodes, file: "/x/lab.yaml" },
  where: (name) => `lab.yaml:${nodes.findIndex((one) => one.name === name) + 1}:1`,
});
const topology = loadTopology("quickstart");
const all = [
  node("cloud-1", "server"),
  node("pi4-1", "agent", { site: "edge-a", deviceClass: "pi4" }),
  node("pi3-1", "agent"),
  node("laptop", "tester"),
];

describe("an inventory and a topology", () => {
  it("meet by the names of nodes, and the tester by its role", () => {
    expect(
      matchInventory(topology, inventory(all)).map(({ machine, node: { name } }) => [machine, name]),
    ).to.deep.equal([
      ["cloud-1", "cloud-1"],
      ["pi4-1", "pi4-1"],
      ["pi3-1", "pi3-1"],
      ["tester", "laptop"],
    ]);
  });

  it("meet by several testers in the inventory's order, and by no other number of them", () => {
    const two = { ...topology, testers: 2 };
    const more = node("board", "tester");
    expect(
      matchInventory(two, inventory([...all, more]))
        .slice(-2)
        .map(({ machine, node: { name } }) => [machine, name]),
    ).to.deep.equal([
      ["tester", "laptop"],
      ["tester-2", "board"],
    ]);
    expect(() => matchInventory(two, inventory(all)))
      .to.throw()
      .with.property("message")
      .that.includes("has 1 of the 2 nodes with `role: tester`");
    expect(() => matchInventory(topology, inventory([...all, more])))
      .to.throw()
      .with.property("message")
      .that.includes("lab.yaml:5:1: the topology has `testers: 1`");
  });

  it("are refused with all that does not fit, once", () => {
    const wrong = [
      node("cloud-1", "agent"),
      node("pi4-1", "agent", { site: "edge-b", deviceClass: "pi3" }),
      node("pi3-l", "agent"),
      node("lost", "lighthouse"),
    ];
    expect(() => matchInventory(topology, inventory(wrong)))
      .to.throw()
      .with.property("message")
      .that.includes("lab.yaml:1:1: the role of `cloud-1` is `agent`, in the topology `server`")
      .and.includes("the site of `pi4-1` is `edge-b`")
      .and.includes("the class of `pi4-1` is `pi3`")
      .and.includes("has no node `pi3-1`: did you mean `pi3-l`?")
      .and.includes("lab.yaml:3:1: the topology has no node `pi3-l`")
      .and.includes("no node with `role: tester`")
      .and.includes("no dedicated lighthouse");
  });
});
