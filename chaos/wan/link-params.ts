import type { LinkParams } from "../../harness/config/model.ts";

const entries = (params: LinkParams): [string, number][] => {
  const { burst, jitterShape: _, ...plain } = params;
  const all = { ...plain, ...(burst && burst.enter > 0 ? { enter: burst.enter, leave: burst.leave } : {}) };
  return Object.entries(all).filter(([, value]) => value !== 0);
};

/** Whether they do anything to a packet. */
export const impairs = (params: LinkParams): boolean => entries(params).some(([key]) => key !== "leave");

const shapeOf = ({ jitterMs = 0, jitterShape = "normal" }: LinkParams): string =>
  jitterMs > 0 ? jitterShape : "normal";

/** Whether two sets of parameters mean the same, give or take the 5 digits that netem keeps. */
export function sameParams(a: LinkParams, b: LinkParams): boolean {
  const [one, other] = [entries(a), new Map(entries(b))];
  return (
    shapeOf(a) === shapeOf(b) &&
    one.length === other.size &&
    one.every(([key, value]) => Math.abs((other.get(key) ?? Number.NaN) - value) <= 1e-4 * value)
  );
}

const shapeNote = (params: LinkParams): string =>
  shapeOf(params) === "normal" ? "" : ` (${shapeOf(params)})`;

/** For people: `delayMs 12.5, jitterMs 2.5 (pareto), loss 0.002`, or `no impairment`. */
export const describeParams = (params: LinkParams): string =>
  entries(params)
    .map(([key, value]) => `${key} ${value}${key === "jitterMs" ? shapeNote(params) : ""}`)
    .join(", ") || "no impairment";
