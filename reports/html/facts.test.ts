import { expect } from "chai";

import { header, runOf } from "../../harness/record/testing.ts";
import { runFacts } from "./facts.ts";

describe("The facts of a run", () => {
  const [first] = header.nodes;
  const facts = (changes: Partial<(typeof header.nodes)[number]>): string => {
    const run = runOf({});
    return runFacts({ ...run, header: { ...header, nodes: [{ ...first!, ...changes }] } }).markup;
  };

  it("never show an emulated class as the device, and say how well it fits", () => {
    expect(facts({ deviceClass: "pi4" })).to.contain("pi4 (by label only)");
    const text =
      "pi4: does not fit this host: the best quota, 0.5 CPUs, is off by a factor of 2.00 on one core";
    const emulated = { cpus: 0.5, calibrated: true, fits: false, text };
    const shown = facts({ deviceClass: "pi4", emulation: "limits", emulated });
    expect(shown).to.contain(`pi4 (emulated by limits: ${text})`);
  });

  it("say what a node was measured to be, and when", () => {
    const scores = { integer: { value: 5200, low: 5100, high: 5300, n: 6 } };
    const shown = facts({ measured: { at: 0, nearest: "pi4, off by 1.10", scores } });
    expect(shown).to.contain("measured 1970-01-01T00:00:00.000Z: nearest class pi4, off by 1.10");
    expect(shown).to.contain("integer 5.2 k [5.1 k, 5.3 k] rounds/s");
  });
});
