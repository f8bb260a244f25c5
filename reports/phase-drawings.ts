import { evidenceOf } from "../harness/judge/evidence.ts";
import type { RecordedRun } from "../harness/record/model.ts";
import { distributionsOf } from "./html/distribution/curves.ts";
import { distributionDrawing, looksOf, spanOf } from "./html/distribution/distribution-chart.ts";
import type { Markup } from "./html/markup.ts";
import { timelineDrawing } from "./html/timeline/timeline-chart.ts";

export interface PhaseDrawing {
  /** Such as `timeline.svg`. */
  name: string;
  width: number;
  height: number;
  content: Markup;
}

/** What a run's page shows of one phase, as drawings that stand alone: its timeline, and an ECDF of each function. */
export const phaseDrawings = (run: RecordedRun, phase: string): PhaseDrawing[] => {
  const whole = evidenceOf(run);
  const own = <T extends { phase: string }>(facts: readonly T[]): T[] =>
    facts.filter((fact) => fact.phase === phase);
  const evidence = {
    ...whole,
    phases: whole.phases.filter(({ name }) => name === phase),
    accounts: own(whole.accounts),
    receipts: own(whole.receipts),
    scaleOuts: own(whole.scaleOuts),
    nodeFailures: own(whole.nodeFailures),
  };
  const samples = own(run.samples);
  const timeline = timelineDrawing(evidence, samples);
  const curves = [...distributionsOf(evidence, samples)].flatMap(([fn, distributions]) =>
    distributions.map((one) => ({
      name: `response-times-${fn}${one.model === "closed" ? "-closed" : ""}.svg`,
      ...distributionDrawing(one, {
        ...{ kind: "log" as const, view: "ecdf" as const },
        ...{ span: spanOf(distributions), looks: looksOf(distributions), named: true },
      }),
    })),
  );
  return [...(timeline ? [{ name: "timeline.svg", ...timeline }] : []), ...curves];
};
