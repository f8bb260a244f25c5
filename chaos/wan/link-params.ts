import type { LinkParams } from "../../harness/config/model.ts";

const entries = (params: LinkParams): [string, number][] => {
  const { burst, jitterShape: _, ...plain } = params;
  const all = { ...plain, ...(burst && burst.enter > 0 ? { enter: burst.enter, leave: burst.leave } : {}) };
  return Object.entries(all).filter(([, value]) => value !== 0);
};

/** Whether two sets of parameters mean the same, give or take the 5 digits that netem keeps. */
export function sameParams(a: LinkParams, b: LinkParams): boolean {
  const [one, other] = [entries(a), new Map(entries(b))];
  return (
    one.length === other.size &&
    one.every(([key, value]) => Math.abs((other.get(key) ?? Number.NaN) - value) <= 1e-4 * value)
  );
}

/** For people: `delayMs 12.5, loss 0.002`, or `no impairment`. */
export const describeParams = (params: LinkParams): string =>
  entries(params)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ") || "no impairment";
