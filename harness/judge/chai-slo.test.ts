import { AssertionError, expect, use } from "chai";
import { ExitCode } from "../exit-codes.ts";
import { phase, runOf, samplesOf } from "../record/testing.ts";
import { chaiSlo, NotJudgedError, type SloFailure } from "./chai-slo.ts";
import type { Objective } from "./objective.ts";

use(chaiSlo);

const typ = phase("typ");
const durations = Array.from({ length: 300 }, (_, index) => index + 1);
const run = runOf({ phases: [typ], samples: samplesOf(typ, durations) });

const fast = (limit: number, deviceClass?: string): Objective => ({
  name: "fast",
  quantity: "response-time",
  percentile: "p95",
  limit,
  scope: deviceClass === undefined ? { phase: "typ" } : { phase: "typ", deviceClass },
});

const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("expect(run).to.meet(objective)", () => {
  it("passes when the objective is met", () => {
    expect(thrownBy(() => expect(run).to.meet(fast(1000)))).to.equal(undefined);
  });

  it("fails with one line and with data when it is missed", () => {
    const error = thrownBy(() => expect(run).to.meet(fast(5)));
    expect(error).to.be.instanceOf(AssertionError);
    expect((error as Error).message).to.match(
      /^missed: fast \[typ\]: expected p95 <= 5 ms, received 285 ms \[\d+ ms, \d+ ms\] \(n=300\)$/,
    );
    const { expected, received, interval, n, verdict, judgements } = error as SloFailure;
    expect([expected, n, verdict, judgements.length]).to.deep.equal(["p95 <= 5 ms", 300, "missed", 1]);
    expect(received).to.match(/^285 ms/);
    expect(interval).to.include.keys("low", "high", "confidence");
  });

  it("tells how many places are affected", () => {
    const error = thrownBy(() => expect(run).to.meet(fast(5, "*")));
    expect((error as Error).message)
      .to.contain("[typ, pi3]")
      .and.to.contain("(and 2 more)");
  });

  it("is no assertion error when nothing could be said, for that is no regression", () => {
    const broken = thrownBy(() => expect({ ...run, events: [], complete: false }).to.meet(fast(1000)));
    expect(broken).to.be.instanceOf(NotJudgedError).and.to.include({ exitCode: ExitCode.broken });
    expect((broken as Error).message).to.match(/^broken: fast/);
    const unsure = thrownBy(() => expect(run).to.meet(fast(285)));
    expect(unsure).to.be.instanceOf(NotJudgedError).and.to.include({ exitCode: ExitCode.inconclusive });
    expect((unsure as Error).message).to.match(/^inconclusive: fast/);
  });

  it("passes with `.not` only when the objective was missed", () => {
    expect(thrownBy(() => expect(run).to.not.meet(fast(5)))).to.equal(undefined);
    expect(thrownBy(() => expect(run).to.not.meet(fast(1000)))).to.be.instanceOf(AssertionError);
    expect(thrownBy(() => expect(run).to.not.meet(fast(285)))).to.be.instanceOf(NotJudgedError);
  });
});
