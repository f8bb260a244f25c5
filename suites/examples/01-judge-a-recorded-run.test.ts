import { expect, judge, objectives, recording } from "edgeproof";

describe("01: a recorded run is judged", () => {
  const run = recording.read("fixtures/recorded-runs/edge");
  const limits = objectives.load("fixtures/recorded-runs/edge/objectives.yaml");

  it("holds facts: phases, loads, receipts, and every request", () => {
    const phases = run.events.flatMap((event) => (event.type === "phase" ? [event.phase.name] : []));
    expect(phases).to.deep.equal(["calm", "slow-line"]);
    expect(run.samples).to.have.length(800);
  });

  it("is held against objectives, which say what each verdict comes from", () => {
    const { judgements, verdict } = judge(run, limits);
    const errors = judgements.find(({ objective }) => objective === "calm-errors");
    expect(errors?.verdict).to.equal("met");
    // Whoever else used this machine's cores, no time that was measured on it says anything.
    const times = judgements.find(({ objective }) => objective === "slow-line-responds");
    expect(times?.verdict).to.equal("inconclusive");
    expect(times?.reason).to.match(/the host was saturated/);
    // The worst of them.
    expect(verdict).to.equal("inconclusive");
  });

  it("gives the same judgements whenever it is judged", () => {
    expect(judge(run, limits)).to.deep.equal(judge(run, limits));
  });
});
