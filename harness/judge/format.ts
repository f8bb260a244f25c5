/** Unit of a judged value; shares are from 0 to 1. */
export type Unit = "ms" | "share" | "count" | "bytes" | "ratio";

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

/** `1.5 MiB`. */
const formatBytes = (bytes: number): string => {
  const units = ["B", "KiB", "MiB", "GiB"];
  let size = bytes;
  let step = 0;
  for (; size >= 1024 && step < units.length - 1; step++) size /= 1024;
  return `${digits(size)} ${units[step]}`;
};

export const formatValue = (value: number, unit: Unit): string => {
  if (unit === "ms") return formatDuration(value);
  if (!Number.isFinite(value)) return "never";
  if (unit === "share") return formatShare(value);
  if (unit === "ratio") return `${digits(value)}x`;
  return unit === "bytes" ? formatBytes(value) : digits(value);
};
