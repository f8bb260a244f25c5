import type { ScaleRun } from "../harness/scale/model.ts";
import type { ScaleOutcome } from "../harness/scale/outcome.ts";
import { aligned } from "./aligned.ts";
import {
  capacityText,
  caveats,
  costHead,
  costRows,
  datastoreText,
  headline,
  sloHead,
  sloRow,
} from "./scale-texts.ts";

const COLOURS = { met: 32, missed: 31, inconclusive: 33, broken: 35 } as const;

/** The SLOs at every size, what each node costs, where cores give out, and what is to be known. */
export function scaleTable(run: ScaleRun, outcome: ScaleOutcome, options: { colour?: boolean } = {}): string {
  const paint = (colour: number, text: string): string =>
    options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const [head = "", ...slos] = aligned(sloHead, outcome.judgements.map(sloRow));
  const lines = [
    head,
    ...slos.map((line, index) => paint(COLOURS[outcome.judgements[index]!.verdict], line)),
    "",
    ...aligned(costHead(run), costRows(run, outcome)),
    "",
    ...run.steps.map((step) => `datastore at ${step.nodes} nodes: ${datastoreText(step)}`),
    "",
    ...outcome.capacities.map((one) => capacityText(one, outcome)),
    "",
    ...caveats(run).map((text) => `- ${text}`),
    "",
    ...run.troubles.map((text) => paint(COLOURS.broken, `TROUBLE: ${text}`)),
    paint(COLOURS[outcome.verdict], headline(run, outcome)),
  ];
  return `${lines.join("\n")}\n`;
}
