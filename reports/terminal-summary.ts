import { formatDuration, formatShare } from "../harness/judge/format.ts";
import { describeReceived, failsRun, overallVerdict, type Judgement } from "../harness/judge/judgement.ts";
import type { Verdict } from "../harness/record/model.ts";
import type { PhaseSummary, RunSummary } from "./run-summary.ts";
import { sparkline } from "./sparkline.ts";
import { painted, VERDICT_SIGN, verdictLine, verdictTable } from "./verdict-table.ts";

/** Size of the terminal; undefined where the output is none. */
export interface Screen {
  columns: number;
  rows: number;
}

export interface TerminalSummaryOptions {
  screen?: Screen | undefined;
  colour?: boolean;
  /** Every objective, whatever the size of the screen. */
  all?: boolean;
  /** The last lines: against what it was held, and where the reports are. */
  closing?: readonly string[];
}

const SPARKS = 24;
/** The prompt takes the last row. */
const PROMPT = 1;
const SEVERITY: readonly Verdict[] = ["broken", "missed", "inconclusive", "met"];

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** As many values as there is room for: of several seconds the worst. */
const fitted = (values: readonly (number | undefined)[]): (number | undefined)[] => {
  const width = Math.max(1, Math.ceil(values.length / SPARKS));
  return Array.from({ length: Math.ceil(values.length / width) }, (_, index) => {
    const own = values.slice(index * width, (index + 1) * width).filter((value) => value !== undefined);
    return own.length === 0 ? undefined : Math.max(...own);
  });
};

/** A line a phase: p95 of each second as bars of one logarithmic scale for all phases, then the figures of the whole. */
const phaseLines = (phases: readonly PhaseSummary[]): string[] => {
  if (phases.length === 0) return [];
  const series = phases.map(({ p95BySecond }) =>
    fitted(p95BySecond).map((value) => (value === undefined ? undefined : Math.log(value))),
  );
  const bars = Array.from(sparkline(series.flat()));
  const name = Math.max(5, ...phases.map((phase) => Math.min(22, phase.name.length)));
  let from = 0;
  const shown = (ms: number): string => (Number.isNaN(ms) ? "none" : formatDuration(ms));
  return [
    `${"phase".padEnd(name)}  ${"p95 of each second".padEnd(SPARKS)}  ${"p50".padStart(8)}  ${"p95".padStart(8)}  errors`,
    ...phases.map((phase, index) => {
      const own = bars.slice(from, (from += series[index]!.length)).join("");
      const figures = [shown(phase.p50), shown(phase.p95)].map((text) => text.padStart(8)).join("  ");
      return `${cut(phase.name, name).padEnd(name)}  ${own.padEnd(SPARKS)}  ${figures}  ${formatShare(phase.errors)}`;
    }),
  ];
};

const receiptsLine = ({ held, receipts, unheld }: RunSummary): string[] => {
  if (receipts === 0) return [];
  const not = unheld.length === 0 ? "" : `; NOT held: ${unheld.join(", ")}`;
  return [`faults: ${held} of ${receipts} held for their whole window${not}`];
};

/** Objectives that fail the run, worst first, a line each. */
const failing = (judgements: readonly Judgement[]): { verdict: Verdict; text: string }[] =>
  judgements
    .filter(failsRun)
    .toSorted((a, b) => SEVERITY.indexOf(a.verdict) - SEVERITY.indexOf(b.verdict))
    .map((one) => {
      const { verdict, objective, expected, reason, scope } = one;
      const where = [scope.function, scope.deviceClass, scope.phase].filter((part) => part !== "").join(", ");
      const why = reason && `: ${reason}`;
      const text = `${objective} (${where}) ${expected}, got ${describeReceived(one)}${why}`;
      return { verdict, text: `${VERDICT_SIGN[verdict]} ${text}` };
    });

const more = (count: number, what: string): string[] => (count > 0 ? [`… and ${count} ${what}`] : []);

const oneScreen = (
  summary: RunSummary,
  judgements: readonly Judgement[],
  { columns, rows }: Screen,
  { colour = false, closing = [] }: TerminalSummaryOptions,
): string => {
  const failed = failing(judgements);
  const phases = phaseLines(summary.phases);
  const receipts = receiptsLine(summary);
  const head = [`${summary.suite}, run ${summary.id}${summary.complete ? "" : " (cut off)"}`];
  // Verdict, head, a blank line before phases, what closes.
  const room =
    rows - PROMPT - 1 - head.length - receipts.length - closing.length - (phases.length > 0 ? 1 : 0);
  const half = Math.max(2, Math.ceil(room / 2));
  const forPhases = Math.min(phases.length, Math.max(half, room - failed.length));
  const forFailed = Math.max(1, room - forPhases);
  const fits = failed.length <= forFailed;
  const shown = failed.slice(0, fits ? failed.length : forFailed - 1);
  const phasesShown = phases.length <= forPhases ? phases : phases.slice(0, forPhases - 1);
  const line = (text: string): string => cut(text, columns);
  return [
    painted(overallVerdict(judgements), line(verdictLine(judgements)), colour),
    ...head.map(line),
    ...shown.map(({ verdict, text }) => painted(verdict, line(text), colour)),
    ...more(failed.length - shown.length, "more that are not met; `edgeproof report --all` has them").map(
      line,
    ),
    ...(phases.length > 0 ? [""] : []),
    ...phasesShown.map(line),
    ...more(phases.length - phasesShown.length, "more phases").map(line),
    ...receipts.map(line),
    ...closing,
  ].join("\n");
};

/**
 * What a run came to, for a terminal: all verdicts with the phases below where that fits on the screen (or where the output
 * is none), else one screen with the verdict first and what is not met.
 */
export const terminalSummary = (
  summary: RunSummary,
  judgements: readonly Judgement[],
  options: TerminalSummaryOptions = {},
): string => {
  const { screen, all = false, colour = false, closing = [] } = options;
  const below = [...phaseLines(summary.phases), ...receiptsLine(summary)];
  const whole = [
    verdictTable(judgements, { colour }),
    ...(below.length > 0 ? [`${below.join("\n")}\n`] : []),
    closing.join("\n"),
  ].join("\n");
  if (all || !screen) return `${whole}\n`;
  const lines = whole.split("\n");
  // eslint-disable-next-line no-control-regex -- colours take no room
  const wide = Math.max(...lines.map((line) => line.replace(/\u001b\[\d+m/g, "").length));
  if (lines.length + PROMPT <= screen.rows && wide <= screen.columns) return `${whole}\n`;
  return `${oneScreen(summary, judgements, screen, options)}\n`;
};

/** Size of a stream's terminal, if it is one. */
export const screenOf = (stream: { isTTY?: boolean; columns?: number; rows?: number }): Screen | undefined =>
  stream.isTTY ? { columns: stream.columns ?? 80, rows: stream.rows ?? 24 } : undefined;
