import { expect } from "chai";

import type { RunEvent } from "../record/model.ts";
import {
  header,
  nodeFailure,
  phase,
  pods,
  quiet,
  receipt,
  runOf,
  samplesOf,
  START,
} from "../record/testing.ts";
import { runFigures } from "./figures.ts";

const lcl = phase("lcl");
const samples = samplesOf(
  lcl,
  Array.from({ length: 300 }, (_, index) => (index === 299 ? Infinity : 10 + index / 100)),
);
const figuresOf = (...parts: Parameters<typeof runOf>) => runFigures(runOf(...parts)).figures;
const named = (figures: ReturnType<typeof figuresOf>) =>
  figures.map(({ quantity, scope }) => `${quantity} ${scope.function} ${scope.deviceClass}`.trim());

describe("a run's figures for a trend", () => {
  it("are percentiles by class, error rate and goodput by function", () => {
    const found = figuresOf({ phases: [lcl], samples });
    expect(named(found)).to.deep.equal([
      ...["p50", "p95", "p99"].flatMap((name) =>
        ["pi3", "pi4", "vm-medium"].map((deviceClass) => `${name} hello-world ${deviceClass}`),
      ),
      "errors hello-world",
      "goodput hello-world",
    ]);
    const errors = found.find(({ quantity }) => quantity === "errors")!;
    expect(errors).to.include({
      unit: "share",
      worse: "higher",
      n: 300,
      conditions: "20/s even, faults none",
    });
    expect(errors.value).to.be.closeTo(1 / 300, 1e-12);
    expect(errors.interval!.low).to.be.below(1 / 300);
    const goodput = found.find(({ quantity }) => quantity === "goodput")!;
    expect(goodput).to.include({ worse: "lower" });
    expect(goodput.value).to.be.closeTo(299 / 300, 1e-12);
  });

  it("are of open loads only", () => {
    const closed = samples.map((one) => ({ ...one, model: "closed" as const }));
    const accounts = [
      {
        ...{ phase: "lcl", fn: "hello-world", model: "closed" as const, planned: 300, offered: 300 },
        ...{ completed: 299, failed: 1, timedOut: 0, dropped: 0, ratePerSecond: 20, durationMs: 15_000 },
      },
    ];
    expect(figuresOf({ phases: [lcl], samples: closed, accounts })).to.deep.equal([]);
  });

  it("are scale-outs, recoveries, cold starts and the times that a scenario observed", () => {
    const coldStart = {
      ...{
        phase: "lcl",
        fn: "fib",
        outcome: "completed" as const,
        status: 200,
        askedAt: START,
        node: "pi4-1",
      },
      ...{ deviceClass: "pi4", functionMs: 1, excluded: "" },
    };
    const observation = { phase: "lcl", subject: "", deviceClass: "", detail: "" };
    const events: RunEvent[] = [
      {
        type: "scale-out",
        at: START,
        scaleOut: { phase: "lcl", from: 0, to: 1, askedAt: START, pods: pods(START, [900]) },
      },
      { type: "node-failure", at: START, nodeFailure: nodeFailure("lcl") },
      { type: "cold-start", at: START, coldStart: { ...coldStart, durationMs: 800 } },
      { type: "cold-start", at: START, coldStart: { ...coldStart, durationMs: 1200 } },
      {
        type: "observation",
        at: START,
        observation: { ...observation, observable: "overlay-recovery", unit: "ms", value: 70 },
      },
      {
        type: "observation",
        at: START,
        observation: { ...observation, observable: "restarts", unit: "count", value: 2 },
      },
    ];
    const found = figuresOf({ phases: [lcl], events });
    const value = (name: string) => found.find(({ quantity }) => quantity === name)?.value;
    expect(value("all pods ready")).to.equal(900);
    expect(value("all pods answering")).to.equal(1000);
    expect(value("kill -> node NotReady")).to.equal(9000);
    expect(value("p50 cold start")).to.equal(800);
    expect(value("worst cold start")).to.equal(1200);
    expect(value("overlay-recovery")).to.equal(70);
    expect(value("restarts")).to.equal(undefined);
  });

  it("tell a second scale-out of a phase from the first", () => {
    const events = [900, 1500].map((ms): RunEvent => ({
      type: "scale-out",
      at: START,
      scaleOut: { phase: "lcl", from: 0, to: 1, askedAt: START, pods: pods(START, [ms]) },
    }));
    const found = figuresOf({ phases: [lcl], events }).filter(({ quantity }) => quantity.includes("ready"));
    expect(found.map(({ quantity, value }) => [quantity, value])).to.deep.equal([
      ["all pods ready", 900],
      ["all pods ready (2)", 1500],
    ]);
  });

  it("doubt times on a busy host, and not error rates", () => {
    const found = figuresOf({ phases: [lcl], samples, pressure: [quiet("lcl", { cpuBusy: 0.97 })] });
    const doubts = (name: string) => found.find(({ quantity }) => quantity === name)!.doubts;
    expect(doubts("p50")[0]).to.match(/^the host was saturated/);
    expect(doubts("errors")).to.deep.equal([]);
  });

  it("are none of a run that was cut off, had trouble or was a rehearsal, and say why", () => {
    const cut = runFigures(runOf({ phases: [lcl], samples, complete: false }));
    expect([cut.figures, cut.broken]).to.deep.equal([
      [],
      [{ phase: undefined, reason: "the run was cut off: it has no end" }],
    ]);
    const trouble: RunEvent = { type: "trouble", at: START, what: "a node was lost" };
    expect(runFigures(runOf({ phases: [lcl], samples, events: [trouble] })).broken[0]!.reason).to.contain(
      "a node was lost",
    );
    const run = runOf({ phases: [lcl], samples });
    const paced = { ...run, header: { ...header, settings: { ...header.settings, pace: 0.2 } } };
    expect(runFigures(paced).broken[0]!.reason).to.contain("a rehearsal at a pace of 0.2");
  });

  it("are none of a phase whose fault did not hold, while the other phases keep theirs", () => {
    const bad = phase("typ", { profile: "typ", faults: ["wan-typ"] });
    const events: RunEvent[] = [
      {
        type: "receipt",
        at: START,
        receipt: receipt("wan-typ", "typ", { held: false, reasons: ["too short"] }),
      },
    ];
    const all = [...samples, ...samplesOf(bad, [10, 11, 12])];
    const { figures, broken } = runFigures(runOf({ phases: [lcl, bad], samples: all, events }));
    expect(new Set(figures.map(({ scope }) => scope.phase))).to.deep.equal(new Set(["lcl"]));
    expect(broken).to.deep.equal([
      { phase: "typ", reason: "the receipt of wan-typ does not hold: too short" },
    ]);
  });
});
