import { appendFileSync, statSync } from "node:fs";

/** GitHub refuses a step's summary above it: all of it, and not what is too much. */
export const STEP_SUMMARY_BYTES = 1024 * 1024;

const NOTE = "\n\n(cut here: GitHub shows 1 MiB at most; the rest is in `summary.md` of the run's folder)\n";

/** The longest beginning of whole lines that fits. */
function beginning(text: string, bytes: number): string {
  const cut = Buffer.from(text).subarray(0, Math.max(0, bytes)).toString("utf8");
  return cut.slice(0, Math.max(0, cut.lastIndexOf("\n")));
}

/**
 * Appends Markdown to the summary of a GitHub step, if this is one. Several texts of one step share its limit; what does
 * not fit is cut at its end and said.
 */
export function appendStepSummary(text: string, environment: NodeJS.ProcessEnv = process.env): void {
  const file = environment.GITHUB_STEP_SUMMARY;
  if (!file) return;
  const room = STEP_SUMMARY_BYTES - (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const whole = `${text}\n`;
  if (Buffer.byteLength(whole) <= room) return appendFileSync(file, whole);
  const part = beginning(text, room - Buffer.byteLength(NOTE));
  if (part !== "") appendFileSync(file, `${part}${NOTE}`);
}
