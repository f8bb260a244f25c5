import { describeReceived, failsRun, overallVerdict, type Judgement } from "../harness/judge/judgement.ts";
import type { Verdict } from "../harness/record/model.ts";

/** Sign and ANSI colour of each verdict; the word is always there too, colour only repeats it. */
const STYLE: Record<Verdict, { sign: string; colour: number }> = {
  met: { sign: "✓", colour: 32 },
  missed: { sign: "✗", colour: 31 },
  inconclusive: { sign: "?", colour: 33 },
  broken: { sign: "!", colour: 35 },
};

/**
 * Whether to colour a stream: NO_COLOR (https://no-color.org) wins, then FORCE_COLOR, then whether it is a terminal
 * that is not dumb.
 */
export const wantsColour = (
  stream: { isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean => {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
};

export const VERDICT_SIGN = {
  met: STYLE.met.sign,
  missed: STYLE.missed.sign,
  inconclusive: STYLE.inconclusive.sign,
  broken: STYLE.broken.sign,
} as const satisfies Record<Verdict, string>;

export const painted = (verdict: Verdict, text: string, colour: boolean): string =>
  colour ? `\u001b[${STYLE[verdict].colour}m${text}\u001b[0m` : text;

type Row = readonly string[];

const padded = (row: Row, widths: readonly number[]): string =>
  row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ");

/** One line for the whole: `missed: 7 met, 1 missed, 2 inconclusive`. */
export const verdictLine = (judgements: readonly Judgement[]): string => {
  const counts = (["met", "missed", "inconclusive", "broken"] as const)
    .map((verdict) => ({ verdict, count: judgements.filter((one) => one.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => {
      const known = judgements.filter((one) => one.verdict === verdict && !failsRun(one)).length;
      const expected = verdict !== "met" && known > 0 ? ` (${known} of them known)` : "";
      return `${count} ${verdict}${expected}`;
    });
  return `${overallVerdict(judgements)}: ${counts.join(", ") || "nothing was judged"}`;
};

const isKnownMiss = (judgement: Judgement): boolean => judgement.verdict !== "met" && !failsRun(judgement);

/** Cells of the table, the same in the terminal, in Markdown and in HTML; a column that is empty everywhere is left out. */
export const verdictRows = (judgements: readonly Judgement[]): { head: Row; rows: Row[] } => {
  const head = ["verdict", "objective", "function", "class", "profile", "phase", "expected", "received", "n"];
  const rows = judgements.map((judgement) => [
    `${STYLE[judgement.verdict].sign} ${judgement.verdict}${isKnownMiss(judgement) ? " (known)" : ""}`,
    judgement.objective,
    judgement.scope.function,
    judgement.scope.deviceClass,
    judgement.scope.profile,
    judgement.scope.phase,
    judgement.expected,
    describeReceived(judgement),
    String(judgement.n),
  ]);
  const used = head.map((_, column) => rows.some((row) => row[column] !== ""));
  const keep = (row: Row): Row => row.filter((_, column) => used[column]);
  return { head: keep(head), rows: rows.map(keep) };
};

/** The table for a terminal, with the reason below each verdict that has one and the overall verdict last. */
export const verdictTable = (
  judgements: readonly Judgement[],
  options: { colour?: boolean } = {},
): string => {
  const paint = (verdict: Verdict, text: string): string => painted(verdict, text, options.colour ?? false);
  const overall = paint(overallVerdict(judgements), verdictLine(judgements));
  if (judgements.length === 0) return `${overall}\n`;
  const { head, rows } = verdictRows(judgements);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const lines = [padded(head, widths).trimEnd()];
  judgements.forEach((judgement, index) => {
    const [first, ...others] = rows[index]!;
    const rest = padded(others, widths.slice(1)).trimEnd();
    const look = isKnownMiss(judgement) ? "inconclusive" : judgement.verdict;
    lines.push(`${paint(look, first!.padEnd(widths[0]!))}  ${rest}`);
    if (judgement.reason) lines.push(`${" ".repeat(widths[0]! + 2)}${judgement.reason}`);
  });
  return `${lines.join("\n")}\n\n${overall}\n`;
};
