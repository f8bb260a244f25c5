import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { haveOwnClocks, learnClocks, onTesterClock } from "./node-clock.ts";

const OWN = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");

/** A machine whose clock is ahead, and that takes its time to answer. */
function machine(kernel: string, aheadMs: number, answersMs = 10): NodeHandle & { reads: number } {
  const node = {
    reads: 0,
    readFile: () => Promise.resolve(Buffer.from(kernel)),
    exec: async () => {
      node.reads++;
      await delay(answersMs / 2);
      const stdout = `${(Date.now() + aheadMs) / 1000}\n`;
      await delay(answersMs / 2);
      return { exitCode: 0, stdout, stderr: "" };
    },
  };
  return node as unknown as NodeHandle & { reads: number };
}

describe("the clocks of machines", () => {
  it("are told apart by more than the time that reading them takes", async () => {
    const [ahead, behind, near] = [machine("a", 5_000), machine("b", -90_000), machine("c", 20, 120)];
    await learnClocks([ahead, behind, near]);
    expect(onTesterClock(ahead, 1e6)).to.be.closeTo(1e6 - 5_000, 150);
    expect(onTesterClock(behind, 1e6)).to.be.closeTo(1e6 + 90_000, 150);
    expect(onTesterClock(near, 1e6)).to.equal(1e6);
  });

  it("are the tester's own in machines of its kernel, and those are not asked", async () => {
    const [one, two] = [machine(OWN, 5_000), machine(OWN, 5_000)];
    await learnClocks([one, two]);
    expect(onTesterClock(one, 1e6)).to.equal(1e6);
    expect([one.reads, two.reads]).to.deep.equal([0, 0]);
    expect(haveOwnClocks(one, two)).to.equal(false);
  });

  it("drift apart on machines with kernels of their own, which are asked once a minute", async () => {
    const [one, two, unknown] = [machine("a", 0), machine("b", 0), machine("c", 0)];
    await learnClocks([one, two]);
    const { reads } = one;
    await learnClocks([one, two]);
    expect(one.reads).to.equal(reads).and.to.be.above(0);
    expect(haveOwnClocks(one, two)).to.equal(true);
    expect(haveOwnClocks(one, unknown)).to.equal(false);
  });
});
