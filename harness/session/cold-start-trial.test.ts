import { expect } from "chai";

import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { EdgeproofError } from "../errors.ts";
import type { ColdStart } from "../record/model.ts";
import { receipt, START } from "../record/testing.ts";
import { parseAxis } from "../sweep/axis.ts";
import { coldStartReport, coldStartSubject } from "./cold-start-trial.ts";

const coldStart = (changes: Partial<ColdStart> = {}): ColdStart => ({
  ...{ phase: "trial-1", fn: "f", durationMs: 2_500, outcome: "completed", status: 200, askedAt: START },
  ...{ node: "pi4-1", deviceClass: "pi4", functionMs: 1, excluded: "" },
  ...changes,
});
const held = receipt("link-delay", "trial-1");

describe("a cold start as a trial", () => {
  it("succeeds with its time if it was answered within the limit", () => {
    expect(coldStartReport(coldStart(), [held])).to.deep.equal({
      ok: true,
      value: 2_500,
      detail: "answered after 2.5 s",
    });
    expect(coldStartReport(coldStart({ durationMs: 15_001 }), [held]).ok).to.equal(false);
  });

  it("fails, and has no time, if it was not answered", () => {
    const never = coldStart({ outcome: "timed-out", status: 0, durationMs: 15_000 });
    expect(coldStartReport(never, [held])).to.deep.equal({ ok: false, detail: "timed-out after 15 s" });
  });

  it("says nothing if the fault did not hold, has no receipt, or the pod was there before", () => {
    const unheld = receipt("link-delay", "trial-1", { held: false, reasons: ["61 ms, not 66"] });
    expect(coldStartReport(coldStart(), [unheld]).excluded).to.contain("61 ms, not 66");
    expect(coldStartReport(coldStart(), []).excluded).to.contain("no receipt");
    expect(coldStartReport(coldStart({ excluded: "an older process" }), [held]).excluded).to.equal(
      "an older process",
    );
  });
});

describe("the sweep of cold starts", () => {
  const subject = (vary: string, topology?: string) => () =>
    coldStartSubject({ axis: parseAxis(vary, CATALOGUE), seed: 1, topology });

  it("runs on Knative, with what is plotted beside", async () => {
    const { name, topology, value } = await subject("link.delay=40..90ms")();
    expect({ name, layer: topology.functionsLayer, value }).to.deep.equal({
      name: "cold-start",
      layer: "knative",
      value: { title: "cold start", unit: "ms" },
    });
  });

  const refused: [string, string, string | undefined, RegExp][] = [
    ["a topology without Knative", "link.delay=40..90ms", "overlay", /no function that starts from zero/],
    ["a load, of which there is none", "load.rate=1..9", undefined, /cannot be varied in a cold start/],
    ["a magnitude that the fault does not take", "link.delay=1..20s", undefined, /delay/],
  ];
  for (const [what, vary, topology, message] of refused)
    it(`refuses ${what}`, async () => {
      const error = await subject(vary, topology)().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(EdgeproofError);
      expect((error as EdgeproofError).format()).to.match(message);
    });
});
