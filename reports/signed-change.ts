import { formatShare, type Unit } from "../harness/judge/format.ts";

/** Such as `+10.2 %`, or `+1 pp` for a difference of shares. */
export const signedChange = (change: number, unit: Unit): string => {
  if (!Number.isFinite(change)) return "without limit";
  const sign = change > 0 ? "+" : "";
  const text = formatShare(change);
  return `${sign}${unit === "share" ? text.replace("%", "pp") : text}`;
};
