import { type Figure, Figures } from "../../../chaos/bench/figure.ts";
import { planPairs } from "../../statistics/pair-plan.ts";
import { growthFigure, measureGrowth } from "./growth.ts";
import { subjects } from "./subjects.ts";

const MANY = 1000;

/** How the harness's own cost grows with nodes, links, probes and samples: log-log slopes. In memory, without a rig. */
export async function benchHarness(say: (message: string) => void): Promise<Figure[]> {
  const figures = new Figures(say);
  for (const subject of subjects()) figures.add(growthFigure(subject, await measureGrowth(subject)));
  const names = Array.from({ length: MANY }, (_, index) => index);
  const { pairs, text } = planPairs(names, { seed: 1, hubs: names.slice(0, 2) });
  figures.add({
    group: "growth",
    what: `pairs probed of ${MANY} machines`,
    measured: pairs.length,
    unit: "pairs",
    note: text,
  });
  return figures.all;
}
