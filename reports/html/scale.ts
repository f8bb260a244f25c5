import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";

import { html, type Markup } from "./markup.ts";

/** Maps values to pixels; `ticks` are round values within the domain. */
export interface Scale {
  (value: number): number;
  ticks: number[];
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const withTicks = (map: (value: number) => number, ticks: number[]): Scale =>
  Object.assign((value: number) => map(value), { ticks });

export const linearScale = (from: number, to: number, start: number, end: number, count = 6): Scale => {
  const scale = scaleLinear([from, to > from ? to : from + 1], [start, end]);
  return withTicks(scale, scale.ticks(count));
};

/** From 0 to a count that is at least 1, with ticks at whole numbers alone. */
export const countScale = (most: number, { top, height }: Box, count: number): Scale => {
  const scale = linearScale(0, Math.max(1, most), top + height, top, count);
  scale.ticks = scale.ticks.filter(Number.isInteger);
  return scale;
};

const mantissa = (value: number): number =>
  Number((value / 10 ** Math.floor(Math.log10(value) + 1e-9)).toPrecision(3));

/**
 * Logarithmic, widened to 1, 2 or 5 times a power of ten; values below the domain are drawn at its start. Above `most`
 * ticks only powers of ten have one.
 */
export const logScale = (from: number, to: number, start: number, end: number, most = 9): Scale => {
  const low = Math.max(from, 1e-3);
  const high = Math.max(to, low * 2);
  const [first, last] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  // d3 gives every 1 to 9 times a power of ten, as long as it is asked for more ticks than there are decades.
  const round = scaleLog([10 ** first, 10 ** last], [0, 1])
    .ticks(last - first + 1)
    .filter((value) => [1, 2, 5].includes(mantissa(value)));
  const bottom = round.filter((value) => value <= low * (1 + 1e-9)).at(-1) ?? low;
  const top = round.find((value) => value >= high * (1 - 1e-9)) ?? high;
  const inside = round.filter((value) => value >= bottom && value <= top);
  const ticks = inside.length > most ? inside.filter((value) => mantissa(value) === 1) : inside;
  return withTicks(scaleLog([bottom, top], [start, end]).clamp(true), ticks);
};

/** Horizontal grid lines with their labels left of the box. */
export const yAxis = (scale: Scale, { left, width }: Box, label: (value: number) => string): Markup =>
  html`${scale.ticks.map(
    (tick) =>
      html`<line class="grid" x1="${left}" x2="${left + width}" y1="${scale(tick)}" y2="${scale(tick)}" />
        <text class="tick" x="${left - 6}" y="${scale(tick) + 4}" text-anchor="end">${label(tick)}</text>`,
  )}`;

/** Vertical grid lines with their labels below the box. */
export const xAxis = (scale: Scale, { top, height }: Box, label: (value: number) => string): Markup =>
  html`${scale.ticks.map(
    (tick) =>
      html`<line class="grid" x1="${scale(tick)}" x2="${scale(tick)}" y1="${top}" y2="${top + height}" />
        <text class="tick" x="${scale(tick)}" y="${top + height + 16}" text-anchor="middle">
          ${label(tick)}
        </text>`,
  )}`;

const path = line<readonly [number, number] | undefined>()
  .defined((point) => point !== undefined)
  .x((point) => point![0])
  .y((point) => point![1])
  .digits(1);

/** Straight lines from point to point, broken where there is no value. */
export const linePath = (points: readonly (readonly [number, number] | undefined)[]): string =>
  path(points) ?? "";
