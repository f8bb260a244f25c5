interface Grid {
  resolution: number;
  whole: boolean;
}

interface OpenPoint {
  x: number;
  trials: number;
  successes: number;
}

interface Within {
  /** The edge lies between these. */
  low: number;
  high: number;
  /** Points between them that are on neither side, by x. */
  open: readonly OpenPoint[];
  direction: "falls" | "rises";
}

/** In the middle, with no more digits than the resolution needs; undefined where there is no such value between. */
function middle(from: number, to: number, { resolution, whole }: Grid): number | undefined {
  const grid = 10 ** Math.floor(Math.log10(resolution / 5));
  const step = whole ? Math.max(1, grid) : grid;
  const x = Number((Math.round((from + to) / 2 / step) * step).toPrecision(12));
  return x > from && x < to ? x : undefined;
}

/**
 * The middle of the bracket; where points in it stayed open, of what lies beside them: first on the side to which their
 * trials lean. Undefined when both sides are as narrow as the resolution asks for.
 */
export function nextPoint(grid: Grid, { low, high, open, direction }: Within): number | undefined {
  const [first, last] = [open[0], open.at(-1)];
  if (!first || !last) return middle(low, high, grid);
  const inside = (from: number, to: number): number | undefined =>
    to - from > grid.resolution / 2 ? middle(from, to, grid) : undefined;
  const leaning = open.reduce((sum, { successes, trials }) => sum + (2 * successes - trials), 0);
  // Mostly successes, where success is on the left: the edge is further to the right.
  const rightFirst = direction === "falls" ? leaning > 0 : leaning < 0;
  const [left, right] = [inside(low, first.x), inside(last.x, high)];
  return rightFirst ? (right ?? left) : (left ?? right);
}
