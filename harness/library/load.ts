import type { ClosedLoad, OpenLoad } from "../load/k6-args.ts";
import type { LoadAccount, Sample } from "../record/load.ts";

/** What a load of either kind asks of a function. */
type Asked = "fn" | "method" | "bodyBytes" | "bodyFile" | "steps" | "timeoutMs";

/** An open load: requests come by a schedule, answered or not, and each is measured from when it was due. */
export interface OpenLoadPlan extends Pick<
  OpenLoad,
  Asked | "ratePerSecond" | "durationMs" | "vus" | "arrivals"
> {
  /** Set by `load.open`. */
  readonly model: "open";
  /** Path and query below the function's own, such as `?n=20`. @default none */
  path?: string;
}

/** A closed load: users who each wait for an answer and think before they ask again. */
export interface ClosedLoadPlan extends Pick<ClosedLoad, Asked | "users" | "thinkMs" | "until"> {
  /** Set by `load.closed`. */
  readonly model: "closed";
  /** Path and query below the function's own, such as `?n=20`. @default none */
  path?: string;
}

/** A load that is asked for; a phase offers it: `phase.load(plan)`. */
export type LoadPlan = OpenLoadPlan | ClosedLoadPlan;

/** What came of a load. */
export interface LoadOutcome {
  /** Every request that was begun, in the order of their intended start. */
  samples: Sample[];
  /** offered = completed + failed + timedOut + dropped, exactly. */
  account: LoadAccount;
}

/** The two models of load (Schroeder, Wierman & Harchol-Balter, Open Versus Closed: A Cautionary Tale, NSDI 2006). */
export const load = {
  /**
   * Requests at a constant rate, for a time. What objectives judge by default: a server that stalls cannot hide its own
   * queue. One is due in each period of 1/rate, at a random moment of it unless `arrivals` says "even".
   *
   * @example
   * ```ts
   * load.open({ fn: "hello-world", ratePerSecond: 40, durationMs: 10_000 });
   * ```
   */
  open: (plan: Omit<OpenLoadPlan, "model">): OpenLoadPlan => ({ ...plan, model: "open" }),

  /**
   * So many users, each of whom thinks, asks and waits for the answer; until each has asked `iterations` times, or for a
   * time. Judged only by objectives with `model: closed` in their scope.
   *
   * @example
   * ```ts
   * load.closed({ fn: "hello-world", users: 4, thinkMs: 100, until: { iterations: 50 } });
   * ```
   */
  closed: (plan: Omit<ClosedLoadPlan, "model">): ClosedLoadPlan => ({ ...plan, model: "closed" }),
};
