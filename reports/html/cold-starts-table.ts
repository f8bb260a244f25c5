import { formatDuration } from "../../harness/judge/format.ts";
import type { ColdStart } from "../../harness/record/model.ts";
import type { Markup } from "./markup.ts";
import { cell, number, table } from "./tables.ts";

const HEAD = ["phase", "function", "time", "in the function", "node", "device class", "outcome"];

/** One row a cold start, in the order in which they were asked for. */
export const coldStartTable = (coldStarts: readonly ColdStart[]): Markup =>
  table(
    HEAD,
    coldStarts.map((one) => ({
      cells: [
        cell(one.phase),
        cell(one.fn),
        number(formatDuration(one.durationMs)),
        number(formatDuration(one.functionMs)),
        cell(one.node || "none"),
        cell(one.deviceClass || "none"),
        cell(one.excluded === "" ? one.outcome : "no cold start"),
      ],
      ...(one.excluded === "" ? {} : { reason: one.excluded }),
    })),
  );
