import { estimateText, formatAmount, openFigures } from "../harness/characterize/outcome.ts";
import {
  SCORES,
  scoreNames,
  type Characterization,
  type Estimate,
  type PathFigures,
  type ScoreName,
} from "../harness/characterize/model.ts";
import { formatDuration, formatShare } from "../harness/judge/format.ts";
import { aligned } from "./aligned.ts";

/** A score with its interval, in its unit. */
export function scoreText(name: ScoreName, score: Estimate | undefined): string {
  const { unit } = SCORES[name];
  if (unit === "ms") return estimateText(score, formatDuration);
  return score && unit !== "ratio" ? `${estimateText(score)} ${unit}` : estimateText(score);
}

/** The figures of a path as columns; the same in the terminal and on the page. */
export const pathTexts = ({
  rttMs,
  jitterMs,
  loss,
  bandwidthBps,
  largestPacket,
}: PathFigures): Record<string, string> => ({
  "round trip": estimateText(rttMs, formatDuration),
  jitter: estimateText(jitterMs, formatDuration),
  loss: estimateText(loss, formatShare),
  bandwidth: bandwidthBps ? `${estimateText(bandwidthBps)} bit/s` : "not measured",
  "largest packet": largestPacket === undefined ? "not measured" : `${largestPacket} B`,
});

const short = (estimate: Estimate | undefined, format: (value: number) => string): string =>
  estimate ? format(estimate.value) : "?";

/** Scores a row, nodes beside each other; then a row for each direction; then what is open. */
export function characterizationTable(found: Characterization, options: { colour?: boolean } = {}): string {
  const { nodes, pairs, calibrations, notes } = found;
  const paint = (colour: number, text: string): string =>
    options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const scores = aligned(
    ["score [95 % interval]", ...nodes.map(({ node }) => node)],
    [
      ...scoreNames.map((name) => [name, ...nodes.map(({ scores: own }) => scoreText(name, own[name]))]),
      ["nearest class", ...nodes.map(({ nearest }) => nearest.text)],
    ],
  );
  const network = aligned(
    ["underlay | overlay", "round trip", "overlay adds", "loss", "bit/s", "largest packet"],
    pairs.map(({ from, to, underlay, overlay, overlayCostMs }) => {
      const both = (text: (path: PathFigures) => string): string => `${text(underlay)} | ${text(overlay)}`;
      return [
        `${from} -> ${to}`,
        both(({ rttMs }) => short(rttMs, formatDuration)),
        estimateText(overlayCostMs, formatDuration),
        both(({ loss }) => short(loss, formatShare)),
        both(({ bandwidthBps }) => short(bandwidthBps, formatAmount)),
        both(({ largestPacket }) => String(largestPacket ?? "?")),
      ];
    }),
  );
  const open = openFigures(found);
  const lines = [
    ...scores,
    ...(pairs.length > 0 ? ["", ...network] : []),
    "",
    ...(calibrations.length > 0
      ? ["CPU quotas of containers on this host:", ...calibrations.map(({ text }) => `  ${text}`), ""]
      : []),
    ...notes,
    ...open.map((one) => paint(33, `? ${one}`)),
    `took ${formatDuration(found.tookMs)}`,
  ];
  return `${lines.join("\n")}\n`;
}
