import { expect } from "chai";
import fc from "fast-check";
import type { RecordedRun, Verdict } from "../record/model.ts";
import { accountsOf, phase, quiet, receipt, runOf, samplesOf, type RunParts } from "../record/testing.ts";
import { judge } from "./judge.ts";
import { judgementsJson, overallVerdict, verdictExitCode, type Judgement } from "./judgement.ts";
import type { Objective } from "./objective.ts";

const typ = phase("typ", { profile: "typ" });

const p95 = (limit: number, scope: Objective["scope"] = { phase: "typ" }): Objective => ({
  name: "fast",
  quantity: "response-time",
  percentile: "p95",
  limit,
  scope,
});

const errors: Objective = { name: "errors", quantity: "error-rate", limit: 0.01, scope: { phase: "typ" } };
const goodput: Objective = { name: "goodput", quantity: "throughput", limit: 0.99, scope: { phase: "typ" } };

/** 1..n ms. */
const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

const run = (durations: readonly number[], parts: RunParts = {}): RecordedRun =>
  runOf({ phases: [typ], samples: samplesOf(typ, durations), ...parts });

const only = (judgements: readonly Judgement[]): Judgement => {
  expect(judgements).to.have.length(1);
  return judgements[0]!;
};

const verdictOf = (recorded: RecordedRun, objective: Objective): Verdict =>
  only(judge(recorded, [objective])).verdict;

describe("a verdict on response time", () => {
  it("is met when the whole interval is inside the limit, missed when it is outside, else inconclusive", () => {
    const recorded = run(upTo(1000));
    const { received, interval, n } = only(judge(recorded, [p95(2000)]));
    expect([received, n]).to.deep.equal([950, 1000]);
    expect(interval?.low).to.be.within(930, 949);
    expect(interval?.high).to.be.within(951, 970);
    expect(verdictOf(recorded, p95(interval!.high))).to.equal("met");
    expect(verdictOf(recorded, p95(interval!.high - 1))).to.equal("inconclusive");
    expect(verdictOf(recorded, p95(interval!.low))).to.equal("inconclusive");
    expect(verdictOf(recorded, p95(interval!.low - 1))).to.equal("missed");
  });

  it("is inconclusive with too few samples and says how many are needed", () => {
    const judged = only(judge(run(upTo(71)), [p95(1e6)]));
    expect(judged).to.include({ verdict: "inconclusive", n: 71, interval: undefined });
    expect(judged.reason).to.contain("at least 72");
    expect(verdictOf(run(upTo(72)), p95(1e6))).to.equal("met");
  });

  it("does not get better by failing: what did not complete is infinitely slow", () => {
    const tenth = upTo(1000).map((value) => (value % 10 === 0 ? Infinity : 1));
    const judged = only(judge(run(tenth), [p95(1000)]));
    expect(judged).to.include({ verdict: "missed", received: Infinity });
    expect(judged.reason).to.contain("100 of 1000 did not complete");
    expect(judged.expected).to.equal("p95 <= 1 s");
  });

  it("is given for each class of node that the run has", () => {
    const scope = { phase: "typ", deviceClass: "*" };
    const judgements = judge(run(upTo(600)), [p95(2000, scope)]);
    expect(judgements.map(({ scope: { deviceClass }, n }) => [deviceClass, n])).to.deep.equal([
      ["pi3", 200],
      ["pi4", 200],
      ["vm-medium", 200],
    ]);
  });

  it("on a class holds failures of unknown origin against it, but does not call them its own", () => {
    const scope = { phase: "typ", deviceClass: "pi4" };
    const failing = upTo(600).map((value) => (value % 10 === 0 ? Infinity : 1));
    const judged = only(judge(run(failing), [p95(1000, scope)]));
    expect(judged).to.include({ verdict: "inconclusive", received: 1 });
    expect(judged.interval).to.deep.include({ low: 1, high: Infinity });
    expect(judged.reason).to.contain("unknown class");
  });

  it("is given for each function under load", () => {
    const samples = [...samplesOf(typ, upTo(100)), ...samplesOf(typ, upTo(100), "fib")];
    const recorded = runOf({ phases: [typ], samples });
    const judgements = judge(recorded, [p95(2000, { phase: "typ", function: "*" })]);
    expect(judgements.map(({ scope }) => scope.function)).to.deep.equal(["fib", "hello-world"]);
  });

  it("is inconclusive on a saturated host, whatever the durations say", () => {
    for (const pressure of [{ cpuBusy: 0.99 }, { psiCpuSome: 0.9 }, { cpuSteal: 0.2 }]) {
      const recorded = run(upTo(1000), { pressure: [quiet("typ", pressure)] });
      expect(verdictOf(recorded, p95(2000))).to.equal("inconclusive");
      expect(verdictOf(recorded, p95(1))).to.equal("inconclusive");
      expect(verdictOf(recorded, errors)).to.equal("met");
    }
    expect(only(judge(run(upTo(1000), { pressure: [] }), [p95(2000)])).reason).to.contain("not recorded");
  });
});

describe("a verdict on errors and throughput", () => {
  it("needs enough requests to show a small share", () => {
    const few = only(judge(run(upTo(367)), [errors]));
    expect(few.verdict).to.equal("inconclusive");
    expect(few.reason).to.contain("at least 368");
    expect(verdictOf(run(upTo(368)), errors)).to.equal("met");
    const many = upTo(1000).map((value) => (value <= 30 ? Infinity : 1));
    expect(verdictOf(run(many), errors)).to.equal("missed");
  });

  it("counts requests that were never started against the throughput", () => {
    const samples = samplesOf(typ, upTo(900));
    const [account] = accountsOf(samples);
    const dropping = { ...account!, planned: 1000, offered: 1000, dropped: 100, durationMs: 50_000 };
    const judged = only(judge(run([], { samples, accounts: [dropping] }), [goodput]));
    expect(judged).to.include({ verdict: "missed", received: 0.9, n: 1000 });
    expect(judged.reason).to.contain("18/s of 20/s").and.to.contain("100 (10 %) were never started");
    expect(verdictOf(run(upTo(1000)), goodput)).to.equal("met");
  });

  it("is inconclusive when the offered load was not the planned one", () => {
    const samples = samplesOf(typ, upTo(1000));
    const accounts = (planned: number) => accountsOf(samples).map((account) => ({ ...account, planned }));
    expect(verdictOf(run([], { samples, accounts: accounts(1001) }), errors)).to.equal("met");
    const judged = only(judge(run([], { samples, accounts: accounts(1002) }), [errors]));
    expect(judged.verdict).to.equal("inconclusive");
    expect(judged.reason).to.contain("1002 were planned");
  });
});

describe("a run that cannot be judged", () => {
  it("is broken when it was cut off, was interrupted or had trouble", () => {
    expect(verdictOf(run(upTo(1000), { complete: false }), p95(2000))).to.equal("broken");
    const trouble = run(upTo(1000), { events: [{ type: "trouble", at: 1, what: "lost pi4-1" }] });
    expect(only(judge(trouble, [p95(2000)])).reason).to.contain("lost pi4-1");
    const stopped = run(upTo(1000));
    stopped.events = [...stopped.events, { type: "end", at: 1, status: "interrupted" }];
    expect(verdictOf(stopped, p95(2000))).to.equal("broken");
  });

  it("can be judged before its end where the caller vouches for it", () => {
    const going = { ...run(upTo(1000), { complete: false }), complete: true };
    expect(verdictOf(going, p95(2000))).to.equal("met");
  });

  it("is broken when a sample is unaccounted for", () => {
    const samples = samplesOf(typ, upTo(1000));
    const [account] = accountsOf(samples);
    const more = only(judge(run([], { samples, accounts: [{ ...account!, offered: 1001 }] }), [p95(2000)]));
    expect(more).to.include({ verdict: "broken" });
    expect(more.reason).to.contain("requests of hello-world that are unaccounted for: 1");
    expect(verdictOf(run([], { samples: samples.slice(1), accounts: [account!] }), p95(2000))).to.equal(
      "broken",
    );
    expect(verdictOf(run([], { samples, accounts: [] }), p95(2000))).to.equal("broken");
  });

  it("is broken where a fault has no receipt, or one that does not hold; other phases are not", () => {
    const faulty = phase("lossy", { faults: ["wan-lossy"] });
    const samples = [...samplesOf(typ, upTo(1000)), ...samplesOf(faulty, upTo(1000))];
    const judged = (changes?: Parameters<typeof receipt>[2]): Judgement[] => {
      const held = changes && receipt("wan-lossy", "lossy", changes);
      const events = held ? [{ type: "receipt" as const, at: 1, receipt: held }] : [];
      return judge(runOf({ phases: [typ, faulty], samples, events }), [p95(2000, {})]);
    };
    const verdicts = (judgements: Judgement[]) => judgements.map(({ verdict }) => verdict).toSorted();
    expect(verdicts(judged({}))).to.deep.equal(["met", "met"]);
    expect(verdicts(judged())).to.deep.equal(["broken", "met"]);
    const broken = judged({ held: false, reasons: ["loss 0 %, asked 3 %"] }).find(
      ({ verdict }) => verdict === "broken",
    );
    expect(broken?.reason).to.contain("loss 0 %, asked 3 %");
  });

  it("is broken, never met, where the phase or its load is missing", () => {
    expect(only(judge(run(upTo(1000)), [p95(2000, { phase: "cld" })])).reason).to.contain("phase cld");
    expect(only(judge(run([]), [p95(2000)])).verdict).to.equal("broken");
    const other = only(judge(run(upTo(1000)), [p95(2000, { phase: "typ", function: "fib" })]));
    expect(other.reason).to.contain("no load on fib");
  });

  it("is inconclusive for a class that answered nothing", () => {
    const judged = only(judge(run(upTo(1000)), [p95(2000, { phase: "typ", deviceClass: "bare-metal" })]));
    expect(judged).to.include({ verdict: "inconclusive", n: 0, received: undefined });
  });
});

describe("judgements together", () => {
  it("have the worst verdict and its exit code", () => {
    const of = (...verdicts: Verdict[]) =>
      overallVerdict(verdicts.map((verdict) => ({ verdict }) as Judgement));
    expect(of("met", "inconclusive", "missed", "broken")).to.equal("broken");
    expect(of("met", "missed", "inconclusive")).to.equal("missed");
    expect(of("met", "inconclusive")).to.equal("inconclusive");
    expect(of("met")).to.equal("met");
    expect(of()).to.equal("inconclusive");
    expect((["met", "missed", "inconclusive", "broken"] as const).map(verdictExitCode)).to.deep.equal([
      0, 1, 2, 3,
    ]);
  });

  it("are the same bytes when judged again, in any order of the samples", () => {
    const objectives = [p95(2000, { deviceClass: "*" }), errors, goodput];
    const recorded = run(upTo(300).map((value) => (value % 50 === 0 ? Infinity : value)));
    const bytes = judgementsJson(judge(recorded, objectives));
    expect(bytes).to.contain('"infinite"');
    fc.assert(
      fc.property(
        fc.shuffledSubarray(recorded.samples, { minLength: recorded.samples.length }),
        (samples) => judgementsJson(judge({ ...recorded, samples }, objectives)) === bytes,
      ),
      { numRuns: 20 },
    );
  });
});
