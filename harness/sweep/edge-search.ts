import { usageError } from "../errors.ts";
import { groupBy } from "../record/group-by.ts";
import { halfTest, type HalfTest, sideOfHalf } from "../statistics/half-test.ts";
import { nextPoint } from "./next-point.ts";

export interface SearchPlan {
  low: number;
  high: number;
  /** The search ends when the edge is known to lie between two values no further apart. */
  resolution: number;
  /** Only whole numbers can be tried. */
  whole: boolean;
  /** Trials in all. */
  budget: number;
  /** Trials of one point; twice as many of the two ends, on which all else rests. */
  cap: number;
  /** Of the edge's interval, such as 0.95. */
  confidence: number;
}

export interface TrialOutcome {
  x: number;
  ok: boolean;
}

export interface SearchPoint {
  x: number;
  trials: number;
  successes: number;
  /** On which side of one half the share surely is; `open`: neither, within the trials that it had. */
  side: "success" | "failure" | "open";
}

/**
 * `found` to the resolution; `broad`: its points stay open whatever is tried; `no-edge`: both ends on the same side;
 * `open-end`: an end is on neither; `out-of-trials`: the budget is spent.
 */
export type Ending = "found" | "broad" | "no-edge" | "open-end" | "out-of-trials";

export interface Search {
  /** What to try next; undefined at the end. */
  next: number | undefined;
  ending: Ending | undefined;
  /** By x. */
  points: SearchPoint[];
  /** Largest value surely on the low end's side and smallest surely on the high end's; undefined as long as there is none. */
  bracket: { low: number; high: number } | undefined;
  /** As x grows. */
  direction: "falls" | "rises" | undefined;
}

/** Beside the two ends and the halvings that it takes: for what lies beside points that stay open. */
const SPARE_POINTS = 3;

const SIDES = { above: "success", below: "failure", open: "open" } as const;

/** How many times its cap a point may have where nothing else is left to try, and an end, on which all else rests. */
const ROUNDS = { inner: 3, end: 2 };

interface Test {
  half: HalfTest;
  /** Points that there may be in all. */
  mostPoints: number;
}

/**
 * The error that the confidence allows, in equal parts for all points that there may be (Bonferroni): a bracket is wrong
 * only if some point was put on the wrong side, and each point can be so in one direction only. Whether another point is
 * tried may depend on all that was seen, for its test is not begun before.
 */
function testOf({ low, high, resolution, cap, confidence }: SearchPlan): Test {
  const error = 1 - confidence;
  const halvings = Math.ceil(Math.log2((high - low) / resolution) - 1e-9);
  const mostPoints = 2 + halvings + SPARE_POINTS;
  const half = halfTest(error / mostPoints, ROUNDS.inner * cap);
  const least = half.limit[0] ?? Math.ceil(Math.log2(mostPoints / error));
  if (least > cap)
    throw usageError("sweep-cap", `${cap} trials of a point decide nothing`, {
      where: "--cap",
      expected: `at least ${least} for an edge at this resolution with ${confidence * 100} % confidence`,
    });
  return { half, mostPoints };
}

/** @throws EdgeproofError (usage) where no point could ever be decided. */
export const ensureSearchable = (plan: SearchPlan): void => void testOf(plan);

/** The open point whose trials lean most to one side: another round may decide it. */
const mostTelling = (open: readonly SearchPoint[]): number | undefined => {
  const lean = ({ successes, trials }: SearchPoint): number => Math.abs(2 * successes - trials);
  return open.toSorted((a, b) => lean(b) - lean(a) || a.x - b.x)[0]?.x;
};

function pointOf(x: number, outcomes: readonly TrialOutcome[], test: HalfTest): SearchPoint {
  const oks = outcomes.map(({ ok }) => ok);
  return {
    ...{ x, trials: oks.length, successes: oks.filter(Boolean).length },
    side: SIDES[sideOfHalf(test, oks)],
  };
}

/**
 * Where to look next for the value at which the share of successes crosses one half, from all trials so far in their
 * order; the same trials always give the same answer. Both ends first, then halving: at each point trials until its
 * share is surely on one side of one half, or the cap is reached. Such a point counts as within the edge, and the search
 * goes on beside it. Halving with a test at each point is Waeber, Frazier & Henderson, "Bisection search with noisy
 * responses", SIAM J. Control Optim. 51 (2013), with a fixed cap. The only assumption is that the share never turns back.
 */
export function searchEdge(plan: SearchPlan, outcomes: readonly TrialOutcome[]): Search {
  const { half, mostPoints } = testOf(plan);
  const { cap, budget, resolution } = plan;
  const tried = groupBy(outcomes, ({ x }) => x);
  const at = (x: number): SearchPoint => pointOf(x, tried.get(x) ?? [], half);
  const points = [...tried.keys()].map(at).toSorted((a, b) => a.x - b.x);
  const [low, high] = [at(plan.low), at(plan.high)];
  const apart = low.side !== "open" && high.side !== "open" && low.side !== high.side;
  const bracket = apart
    ? {
        low: points.findLast(({ side }) => side === low.side)!.x,
        high: points.find(({ side }) => side === high.side)!.x,
      }
    : undefined;
  const direction = apart ? (low.side === "success" ? "falls" : "rises") : undefined;
  const known = { points, bracket, direction } as const;
  const end = (ending: Ending): Search => ({ ...known, next: undefined, ending });
  const go = (x: number): Search =>
    outcomes.length < budget ? { ...known, next: x, ending: undefined } : end("out-of-trials");

  for (const one of [low, high]) if (one.side === "open" && one.trials < ROUNDS.end * cap) return go(one.x);
  if (low.side === "open" || high.side === "open") return end("open-end");
  if (!bracket || !direction) return end("no-edge");
  if (bracket.high - bracket.low <= resolution * (1 + 1e-9)) return end("found");
  const open = points.filter(({ x, side }) => side === "open" && x > bracket.low && x < bracket.high);
  const begun = open.find(({ trials }) => trials % cap !== 0);
  if (begun) return go(begun.x);
  const fresh = points.length < mostPoints ? nextPoint(plan, { ...bracket, open, direction }) : undefined;
  const next = fresh ?? mostTelling(open.filter(({ trials }) => trials < ROUNDS.inner * cap));
  return next === undefined ? end("broad") : go(next);
}
