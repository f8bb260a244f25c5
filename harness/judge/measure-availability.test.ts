import { expect } from "chai";

import type { RecordedRun, Sample } from "../record/model.ts";
import { accountsOf, phase, runOf, samplesOf, START } from "../record/testing.ts";
import { judge } from "./judge.ts";
import type { Objective } from "./objective.ts";

const SECONDS = 200;
const typ = phase("typ", { endedAt: START + SECONDS * 1000 });

const objective = (changes: Partial<Extract<Objective, { quantity: "availability" }>> = {}): Objective => ({
  ...{ name: "available", quantity: "availability", limit: 0.99, scope: { phase: "typ" } },
  ...changes,
});

/** Ten requests in each of so many seconds, as `change` has them; undefined leaves one out. */
function run(seconds: number, change: (second: number, one: Sample) => Sample | undefined): RecordedRun {
  const plain = samplesOf(typ, Array<number>(seconds * 10).fill(5));
  const samples = plain.flatMap((one, index) => {
    const second = Math.floor(index / 10);
    const intendedAt = START + second * 1000 + (index % 10) * 100;
    return change(second, { ...one, intendedAt, startedAt: intendedAt }) ?? [];
  });
  const accounts = accountsOf(samples).map((one) => ({ ...one, ratePerSecond: 10 }));
  return runOf({ phases: [typ], samples, accounts });
}

const failed = (one: Sample): Sample => ({ ...one, outcome: "failed" });
const judged = (recorded: RecordedRun, asked = objective()) => judge(recorded, [asked])[0]!;

describe("a verdict on availability", () => {
  it("counts the seconds in which enough of the requests completed", () => {
    const one = judged(
      run(SECONDS, (second, sample) => (second >= 50 && second < 57 ? failed(sample) : sample)),
    );
    expect(one).to.include({ verdict: "missed", received: 193 / 200, n: 200 });
    expect(one.reason).to.contain("7 of 200 seconds").and.to.contain("in a row 7 s");
    expect(
      judged(run(SECONDS, (second, sample) => (second === 50 ? failed(sample) : sample))).verdict,
    ).to.equal("met");
  });

  it("takes a second with few failures by the share that was asked for", () => {
    const tenth = run(SECONDS, (second, sample) =>
      sample.intendedAt % 1000 === 0 && second > 0 ? failed(sample) : sample,
    );
    expect(judged(tenth)).to.include({ verdict: "missed", received: 1 / 200 });
    expect(judged(tenth, objective({ good: 0.9 })).verdict).to.equal("met");
  });

  it("counts seconds in which no request could be started", () => {
    const gap = run(SECONDS, (second, sample) => (second >= 50 && second < 60 ? undefined : sample));
    expect(judged(gap)).to.include({ verdict: "missed", received: 190 / 200 });
  });

  it("cannot tell from a load that is too short for the limit, nor from none", () => {
    const short = judged(run(99, (_, sample) => sample));
    expect(short.verdict).to.equal("inconclusive");
    expect(short.reason).to.contain("at least 100 are needed");
    expect(judged(run(100, (_, sample) => sample)).verdict).to.equal("met");
    expect(judged(runOf({ phases: [typ], samples: [] })).verdict).to.equal("broken");
  });
});
