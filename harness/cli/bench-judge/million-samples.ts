import type { Measured } from "../../../chaos/bench/figure.ts";
import { compareRuns } from "../../compare/compare.ts";
import { judge } from "../../judge/judge.ts";
import type { Objective } from "../../judge/objective.ts";
import { syntheticRun } from "./synthetic-run.ts";
import { syntheticTimes } from "./synthetic-times.ts";

const MIB = 1024 * 1024;

const objectives: Objective[] = [
  ...(["p50", "p95", "p99"] as const).map((percentile): Objective => ({
    name: percentile,
    quantity: "response-time",
    percentile,
    limit: 1000,
    scope: { deviceClass: "*" },
  })),
  { name: "errors", quantity: "error-rate", limit: 0.01, scope: {} },
];

const secondsOf = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};

/** Time to judge `count` samples by four objectives, to compare two runs of a tenth of them, and the process's memory after it. */
export function manySamples(count: number): Measured[] {
  const run = (seed: number, n: number) => syntheticRun(syntheticTimes("correlated", n, seed));
  const many = run(1, count);
  const judged = secondsOf(() => judge(many, objectives));
  const afterJudging = process.memoryUsage().rss / MIB;
  const fewer = count / 10;
  const [base, head] = [run(2, fewer), run(3, fewer)];
  const compared = secondsOf(() => compareRuns(base, head, { effect: 0.05, seed: 1 }));
  const memory = process.memoryUsage().rss / MIB;
  const figure = (what: string, measured: number, unit: string): Measured => ({
    group: "speed",
    what,
    measured,
    unit,
  });
  return [
    figure(`judge ${count} samples, 4 objectives`, judged, "s"),
    figure(`memory after it`, afterJudging, "MiB"),
    figure(`compare two runs of ${fewer} samples`, compared, "s"),
    figure(`memory after it`, memory, "MiB"),
  ];
}
