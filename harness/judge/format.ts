export type Unit = "ms" | "share";

const digits = (value: number): string => {
  const size = Math.abs(value);
  const shown = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return shown.includes(".") ? shown.replace(/\.?0+$/, "") : shown;
};

/** `12.3 ms`, `1.5 s`, `never`. */
export const formatDuration = (ms: number): string => {
  if (ms === Infinity) return "never";
  if (ms === -Infinity) return "0 ms";
  return Math.abs(ms) < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
};

/** `0.42 %`. */
export const formatShare = (share: number): string => `${digits(share * 100)} %`;

export const formatValue = (value: number, unit: Unit): string =>
  unit === "ms" ? formatDuration(value) : formatShare(value);
