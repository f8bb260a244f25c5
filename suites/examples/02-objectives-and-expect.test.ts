import { ConfigError, expect, NotJudgedError, objectives, recording } from "edgeproof";

describe("02: a test expects a run to meet an objective", () => {
  const run = recording.read("fixtures/recorded-runs/edge");
  const [fewErrors, fast] = objectives.parse(
    `
objectives:
  - { name: few-errors, quantity: error-rate, limit: 2%, scope: { phase: slow-line } }
  - { name: fast, quantity: response-time, percentile: p95, limit: 400ms, scope: { phase: slow-line } }
`,
    "objectives of example 02",
  );
  if (!fewErrors || !fast) throw new Error("there are two");

  it("passes when it is met", () => {
    expect(run).to.meet(fewErrors);
  });

  it("says in one line what was expected and what was received when it is not as expected", () => {
    // With `not`, it passes only where the objective was missed.
    expect(() => expect(run).not.to.meet(fewErrors)).to.throw(
      /^met: few-errors \[slow-line\]: expected errors <= 2 %, received 0 % .*\(n=400\)$/,
    );
  });

  it("is no failure of the system when it could not be judged", () => {
    expect(() => expect(run).to.meet(fast)).to.throw(NotJudgedError, /inconclusive/);
  });

  it("says with line and column what is wrong in objectives", () => {
    const wrong = () => objectives.parse("objectives: [{ name: a, quantity: speed }]", "wrong.yaml");
    expect(wrong).to.throw(ConfigError).with.property("where", "wrong.yaml:1:35");
  });
});
