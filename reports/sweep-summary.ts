import { axisText } from "../harness/sweep/axis.ts";
import { shareText, sweepExitCode, sweepVerdict, type SweepResult } from "../harness/sweep/result.ts";

const BAR = 20;

/** A row for each point with a bar of its share, the edge between them, and the verdict last. */
export function sweepSummary(result: SweepResult, options: { colour?: boolean } = {}): string {
  const { axis, points, edge } = result;
  const paint = (colour: number, text: string): string =>
    options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const places = points.map(({ x }) => axisText(axis, x));
  const widest = Math.max(axis.what.length, ...places.map((place) => place.length));
  const lines = [`${axis.what.padStart(widest)}  ${"success".padEnd(BAR)}  share [95 % interval]`];
  for (const [index, point] of points.entries()) {
    const full = Math.round((BAR * point.successes) / point.trials);
    const bar = "█".repeat(full) + "·".repeat(BAR - full);
    const within = edge && point.x > edge.low && point.x < edge.high ? "  within the edge" : "";
    const share = `${shareText(point)}, ${point.successes} of ${point.trials}`;
    lines.push(`${places[index]!.padStart(widest)}  ${bar}  ${share}${within}`);
  }
  if (result.excluded > 0) lines.push(`${result.excluded} trials said nothing and were made again`);
  const colour = sweepExitCode(result) === 0 ? 32 : 33;
  return `${lines.join("\n")}\n\n${paint(colour, sweepVerdict(result))}\n`;
}
