import { formatValue } from "../../harness/judge/format.ts";
import type { Observation } from "../../harness/record/model.ts";
import type { Markup } from "./markup.ts";
import { cell, number, table } from "./tables.ts";

/** What observers saw, in the order in which they said it. */
export const observationsTable = (observations: readonly Observation[]): Markup =>
  table(
    ["observable", "of", "class", "phase", "value", "detail"],
    observations.map(({ observable, subject, deviceClass, phase, unit, value, detail }) => ({
      cells: [
        cell(observable),
        cell(subject),
        cell(deviceClass),
        cell(phase),
        number(value === undefined ? "never" : formatValue(value, unit)),
        cell(detail),
      ],
    })),
  );
