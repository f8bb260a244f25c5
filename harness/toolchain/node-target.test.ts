import { expect } from "chai";
import { nodeTarget, targetName } from "./node-target.ts";

describe("the nodes' target", () => {
  it("follows the architecture as engines name it", () => {
    const names = ["x86_64", "amd64", "aarch64", "linux/arm64", "armv7l"].map((name) =>
      targetName(nodeTarget(name)),
    );
    expect(names).to.deep.equal(["linux-amd64", "linux-amd64", "linux-arm64", "linux-arm64", "linux-armv7"]);
  });

  it("refuses an architecture that no tool is built for", () => {
    expect(() => nodeTarget("riscv64")).to.throw("nodes of the architecture `riscv64` are not supported");
  });
});
