import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { expect } from "chai";

import { surplusPods } from "./surplus-pods.ts";

const node = (name: string, more: Partial<V1Node["spec"]> = {}, ready = "True"): V1Node => ({
  metadata: { name },
  spec: more,
  status: { conditions: [{ type: "Ready", status: ready }] },
});
let count = 0;
const podsOn = (name: string, pods: number, deletionTimestamp?: Date): V1Pod[] =>
  Array.from({ length: pods }, () => ({
    metadata: { name: `p${count++}`, ...(deletionTimestamp ? { deletionTimestamp } : {}) },
    spec: { nodeName: name, containers: [] },
  }));

describe("pods beyond a node's even share", () => {
  const nodes = [node("a"), node("b"), node("c")];

  it("are none where they are spread", () => {
    expect(surplusPods([...podsOn("a", 2), ...podsOn("b", 1), ...podsOn("c", 1)], nodes)).to.deep.equal([]);
  });

  it("are those that came together while the other nodes were away", () => {
    expect(surplusPods(podsOn("a", 3), nodes)).to.have.length(2);
    expect(surplusPods([...podsOn("a", 4), ...podsOn("b", 2)], nodes)).to.have.length(2);
  });

  it("are none where no other node would take them", () => {
    const away = [node("a"), node("b", { unschedulable: true }), node("c", {}, "Unknown")];
    expect(surplusPods(podsOn("a", 3), away)).to.deep.equal([]);
  });

  it("do not count pods that are ending", () => {
    expect(surplusPods([...podsOn("a", 1), ...podsOn("a", 2, new Date())], nodes)).to.deep.equal([]);
  });
});
