const LEVELS = "▁▂▃▄▅▆▇█";

/** A bar a value, from the least to the largest of them; `×` for what never happened, `·` where there is none. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const finite = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return values
    .map((value) => {
      if (value === undefined) return "·";
      if (!Number.isFinite(value)) return "×";
      const share = high > low ? (value - low) / (high - low) : 0.5;
      return LEVELS[Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length))]!;
    })
    .join("");
}
