import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Change, Comparison, RunComparison } from "../harness/compare/comparison.ts";
import { comparisonJson } from "../harness/compare/comparison.ts";
import { CHANGE_STYLE, COMPARISON_HEAD, comparisonRow } from "./comparison-rows.ts";

/** What could not be decided is no failure, and no pass. */
const STATUS: Record<Change, "passed" | "failed" | "skipped"> = {
  worse: "failed",
  better: "passed",
  same: "passed",
  inconclusive: "skipped",
};

/** The same for the same quantity in every run: Allure finds a test's history by it. */
const idOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

const parametersOf = ({ scope }: Comparison) =>
  [
    ["phase", scope.phase],
    ["network profile", scope.profile],
    ["function", scope.function],
    ["device class", scope.deviceClass],
  ]
    .filter(([, value]) => value !== "")
    .map(([name, value]) => ({ name, value }));

/** `worse: p95 ..., base 20 ms, head 24 ms, ...`; the categories go by its first word. */
const messageOf = (one: Comparison): string => {
  const cells = comparisonRow(one).flatMap((text, column) =>
    column === 0 || text === "" ? [] : [`${COMPARISON_HEAD[column]} ${text}`],
  );
  return `${one.verdict}: ${cells.join(", ")}${one.reason && `; ${one.reason}`}`;
};

const resultOf = (one: Comparison, compared: RunComparison, startedAt: number) => {
  const { quantity, scope, unit, head, verdict } = one;
  const where = [scope.function, scope.deviceClass, scope.phase].filter((part) => part !== "").join(", ");
  const name = `${quantity} is not worse than before: ${where}`;
  const fullName = `against earlier runs: ${quantity}, ${where}, ${scope.profile}`;
  // Shown as the test's duration, so that it can be followed from run to run.
  const durationMs = unit === "ms" && head !== undefined && Number.isFinite(head) ? head : 0;
  return {
    uuid: idOf(`${compared.head} ${fullName}`),
    historyId: idOf(fullName),
    testCaseId: idOf(fullName),
    ...{ name, fullName, status: STATUS[verdict], stage: "finished" },
    statusDetails: verdict === "same" ? {} : { message: messageOf(one) },
    description: `${CHANGE_STYLE[verdict].sign} ${messageOf(one)}\n\nAgainst ${compared.base}. The duration shown is the measured value.`,
    ...{ start: startedAt, stop: startedAt + Math.round(durationMs) },
    labels: [
      { name: "parentSuite", value: "Is it worse than before" },
      { name: "suite", value: scope.phase },
      { name: "framework", value: "edgeproof" },
    ],
    parameters: parametersOf(one),
    attachments: [
      { name: "comparison.json", source: `${idOf(compared.head)}-attachment.json`, type: "application/json" },
    ],
    ...{ links: [], steps: [] },
  };
};

/**
 * Writes a result for each quantity that was compared with an earlier run, so that Allure's own trends show what became
 * worse while it is still within its limit. `startedAt` is of the run, ms since the Unix epoch.
 */
export const writeComparisonResults = (
  resultsFolder: string,
  compared: RunComparison,
  startedAt: number,
): void => {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, `${idOf(compared.head)}-attachment.json`), comparisonJson(compared));
  for (const one of compared.comparisons) {
    const result = resultOf(one, compared, startedAt);
    writeFileSync(join(resultsFolder, `${result.uuid}-result.json`), JSON.stringify(result));
  }
};
