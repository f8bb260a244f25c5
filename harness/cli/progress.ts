import type { ToolProgress } from "../toolchain/progress.ts";

const REPEAT_MS = 10_000;

/** One line an event on standard error, with the seconds since the start; data goes to standard output. */
export class Progress {
  private readonly began = performance.now();
  private readonly quiet: boolean;
  private readonly lastSaid = new Map<string, number>();

  constructor(quiet: boolean) {
    this.quiet = quiet;
  }

  readonly say = (message: string): void => {
    if (this.quiet) return;
    const seconds = (performance.now() - this.began) / 1000;
    process.stderr.write(`[${seconds.toFixed(1).padStart(6)} s] ${message}\n`);
  };

  /** Builds report every package; a line every ten seconds and one at the end is enough. */
  readonly toolchain = ({ tool, state, seconds, compiled, detail }: ToolProgress): void => {
    if (state === "cached") return;
    if (state === "done") return this.say(`built ${tool} in ${seconds.toFixed(0)} s`);
    const now = performance.now();
    if (now - (this.lastSaid.get(tool) ?? -Infinity) < REPEAT_MS) return;
    this.lastSaid.set(tool, now);
    const how = state === "downloading" ? `downloading modules for ${tool}` : `building ${tool}`;
    this.say([how, compiled ? `${compiled} packages` : "", detail ?? ""].filter(Boolean).join(", "));
  };
}
