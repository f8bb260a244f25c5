import { expect } from "chai";
import type { LinkParams } from "../../harness/config/model.ts";
import { validateLinks } from "./validate-links.ts";

describe("Links that cannot be", () => {
  const members = ["a", "b"];
  const check = (params: LinkParams): (() => void) => {
    return () => validateLinks([{ from: "a", to: "b", params }], members);
  };

  const impossible: [string, LinkParams, string][] = [
    ["a negative delay", { delayMs: -1 }, "delayMs is -1"],
    ["a delay that is no number", { delayMs: Number.NaN }, "delayMs is NaN"],
    ["an endless delay", { delayMs: Infinity }, "delayMs is Infinity"],
    ["a loss above 1", { loss: 1.01 }, "loss is 1.01"],
    ["a negative duplication", { duplicate: -0.1 }, "duplicate is -0.1"],
    ["jitter without delay", { jitterMs: 1 }, "without a delay"],
    ["jitter above the delay", { delayMs: 1, jitterMs: 2 }, "above delayMs"],
    ["jitter beyond the kernel's 32-bit nanoseconds", { delayMs: 5000, jitterMs: 2001 }, "jitterMs is 2001"],
    [
      "a uniform delay that begins below 0",
      { delayMs: 10, jitterMs: 5.8, jitterShape: "uniform" },
      "below 0",
    ],
    ["an unknown shape", { jitterShape: "square" as "normal" }, "jitterShape is square"],
    ["an MTU that no IPv4 link may have", { mtuBytes: 67 }, "mtuBytes is 67"],
    ["half a byte", { mtuBytes: 1280.5 }, "mtuBytes is 1280.5"],
    ["reordering without delay", { reorder: 0.1 }, "reorder without a delay"],
    ["a burst that never ends", { burst: { enter: 0.1, leave: 0 } }, "burst.leave is 0"],
    ["a rate below a packet a second", { rateBps: 11_999 }, "rateBps is 11999"],
  ];
  for (const [what, params, message] of impossible) {
    it(`are refused: ${what}`, () => {
      expect(check(params)).to.throw(message).with.property("where", "link a -> b");
    });
  }

  it("are refused: unknown machines, loops and directions given twice", () => {
    const link = (from: string, to: string) => ({ from, to, params: {} });
    expect(() => validateLinks([link("a", "z")], members)).to.throw('"z" is no machine');
    expect(() => validateLinks([link("a", "a")], members)).to.throw("to another");
    expect(() => validateLinks([link("a", "b"), link("a", "b")], members)).to.throw("twice");
  });

  it("are not those of the profiles and of a partition", () => {
    check({})();
    check({ delayMs: 12.5, jitterMs: 2.5, loss: 0.002 })();
    check({ loss: 1 })();
    check({ delayMs: 10, jitterMs: 5.7, jitterShape: "uniform", mtuBytes: 1280 })();
    check({ delayMs: 1, jitterMs: 1, burst: { enter: 0.1, leave: 1 }, rateBps: 12_000 })();
  });
});
