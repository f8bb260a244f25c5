import type { DirectedLink } from "../wan/wan-engine.ts";

/** What a link fault asks for over time: at once, and then step by step. */
export interface LinkTimeline {
  first: readonly DirectedLink[];
  /** Each after a time since the one before it, ms. */
  steps?: readonly { afterMs: number; links: readonly DirectedLink[] }[];
  /** Begin again with `first` this long after the last step, ms. @default once only */
  repeatAfterMs?: number;
}

/** All links of a timeline, whenever they are asked for. */
export const linksOf = ({ first, steps = [] }: LinkTimeline): DirectedLink[] => [
  ...first,
  ...steps.flatMap(({ links }) => links),
];

/** Runs a timeline's steps until stopped. `set` puts links in force; its first trouble ends it and is kept. */
export class TimelineRun {
  failure: unknown;
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;

  constructor(timeline: LinkTimeline, set: (links: readonly DirectedLink[]) => Promise<void>) {
    this.done = this.run(timeline, set).catch((error: unknown) => {
      this.failure = error;
    });
  }

  private async run(
    { first, steps = [], repeatAfterMs }: LinkTimeline,
    set: (links: readonly DirectedLink[]) => Promise<void>,
  ): Promise<void> {
    const { signal } = this.stopping;
    let due = performance.now();
    const round = repeatAfterMs === undefined ? steps : [...steps, { afterMs: repeatAfterMs, links: first }];
    do {
      for (const { afterMs, links } of round) {
        due += afterMs;
        await until(due - performance.now(), signal);
        if (signal.aborted) return;
        await set(links);
      }
    } while (repeatAfterMs !== undefined);
  }

  /** Resolves when no step is under way any more. */
  stop(): Promise<void> {
    this.stopping.abort();
    return this.done;
  }
}

const until = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, ms));
    signal.addEventListener("abort", end, { once: true });
  });
