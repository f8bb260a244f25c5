import { Figures, type Figure } from "../../../chaos/bench/figure.ts";
import { compareManySamples, judgeManySamples } from "./many-samples.ts";
import { falseAlarms, foundShifts } from "./planted-shift.ts";
import { KINDS } from "./synthetic-times.ts";

const TRIALS = 100;
const SAMPLES = 10_000;

/** As many as a function has of one device class in a quickstart: what such short runs can find has no target. */
const FEW = 1000;

/** How often a planted shift is found and nothing is called something, and what large runs take. Seeded data. */
export async function benchJudging(say: (message: string) => void): Promise<Figure[]> {
  const figures = new Figures(say);
  say("writing a run of ten million requests (2 GB)");
  for (const figure of await judgeManySamples(10_000_000)) figures.add(figure);
  figures.add(compareManySamples(100_000));
  for (const kind of KINDS) {
    // 0.9 leaves 10 000 requests worth some 500 independent ones: found or not, it is only told.
    figures.add(foundShifts(kind, SAMPLES, TRIALS, kind !== "queueing"));
    figures.add(falseAlarms(kind, SAMPLES, TRIALS));
  }
  figures.add(foundShifts("correlated", FEW, TRIALS, false));
  figures.add(falseAlarms("correlated", FEW, TRIALS));
  return figures.all;
}
