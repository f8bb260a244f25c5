import type { Cell } from "./cell.ts";

/** Of a request that nobody has measured yet. */
const GUESS_MS = 15;
/** Two starts of k6, and the profile with its receipt. */
const ASIDE_MS = 5_000;

/** How long a cell should take: its closed load, an open one as long, and what is around them; ms. */
export function plannedMs({ until, thinkMs, work: { steps } }: Cell): number {
  const closed = "durationMs" in until ? until.durationMs : until.iterations * steps * (thinkMs + GUESS_MS);
  return 2 * Math.max(1000, closed) + ASIDE_MS;
}

/** `45 s`, `6 min`, `2.5 h`. */
export function roughly(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min`;
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}

/** Where a run of a matrix is, and how much is left: what is planned, corrected by how long cells took so far. */
export class MatrixProgress {
  private readonly cells: readonly Cell[];
  private readonly left: Set<string>;
  private planned = 0;
  private took = 0;

  /** @param finished phases that an earlier run finished */
  constructor(cells: readonly Cell[], finished: ReadonlySet<string>) {
    this.cells = cells;
    this.left = new Set(cells.map(({ phase }) => phase).filter((phase) => !finished.has(phase)));
  }

  /** A cell ended after so many milliseconds. */
  done(cell: Cell, tookMs: number): void {
    if (!this.left.delete(cell.phase)) return;
    this.planned += plannedMs(cell);
    this.took += tookMs;
  }

  /** What is left, ms. */
  get leftMs(): number {
    const ratio = this.planned === 0 ? 1 : this.took / this.planned;
    const planned = this.cells.filter(({ phase }) => this.left.has(phase));
    return ratio * planned.reduce((sum, cell) => sum + plannedMs(cell), 0);
  }

  /** `cell 3 of 40, about 6 min left`. */
  line(cell: Cell): string {
    return `cell ${this.cells.indexOf(cell) + 1} of ${this.cells.length}, about ${roughly(this.leftMs)} left`;
  }
}
