import { linearScale, type Scale } from "../scale.ts";

/** The one time axis that everything in the timeline shares. */
export interface TimeAxis {
  /** ms since the Unix epoch. */
  from: number;
  to: number;
  /** From ms since the Unix epoch to pixels. */
  x: Scale;
  /** From seconds since `from` to pixels: its ticks are round. */
  seconds: Scale;
  left: number;
  width: number;
}

export const timeAxis = (from: number, to: number, left: number, width: number): TimeAxis => ({
  from,
  to,
  x: linearScale(from, to, left, left + width),
  seconds: linearScale(0, (to - from) / 1000, left, left + width, 10),
  left,
  width,
});

/** `42 s`, or `1 h 10 min` where seconds would be hard to read. */
export const clockText = (seconds: number): string => {
  if (seconds < 600) return `${Number(seconds.toFixed(1))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
