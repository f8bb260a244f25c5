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

const withTicks = (map: (value: number) => number, ticks: number[]): Scale => Object.assign(map, { ticks });

/** 1, 2 or 5 times a power of ten, so that there are about `count` steps. */
const roundStep = (span: number, count: number): number => {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
};

export const linearScale = (from: number, to: number, start: number, end: number, count = 6): Scale => {
  const span = to > from ? to - from : 1;
  const step = roundStep(span, count);
  const first = Math.ceil(from / step);
  const ticks = Array.from(
    { length: Math.max(0, Math.floor((from + span) / step) - first + 1) },
    (_, index) => Number(((first + index) * step).toPrecision(12)),
  );
  return withTicks((value) => start + ((value - from) / span) * (end - start), ticks);
};

/** Logarithmic, widened to whole decades' 1, 2 and 5; values below the domain are drawn at its start. */
export const logScale = (from: number, to: number, start: number, end: number): Scale => {
  const low = Math.max(from, 1e-3);
  const high = Math.max(to, low * 2);
  const candidates: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of [1, 2, 5]) candidates.push(Number((factor * 10 ** power).toPrecision(3)));
  }
  const bottom = candidates.filter((value) => value <= low).at(-1) ?? low;
  const top = candidates.find((value) => value >= high) ?? high;
  const inside = candidates.filter((value) => value >= bottom && value <= top);
  const ticks = inside.length > 9 ? inside.filter((value) => Number.isInteger(Math.log10(value))) : inside;
  const span = Math.log10(top / bottom);
  return withTicks(
    (value) => start + (Math.log10(Math.max(value, bottom) / bottom) / span) * (end - start),
    ticks,
  );
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

/** An SVG that grows with the page and can be scrolled sideways on a phone; `title` is for screen readers too. */
export const chart = (title: string, width: number, height: number, content: Markup): Markup =>
  html`<div class="chart">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
      <title>${title}</title>
      ${content}
    </svg>
  </div>`;

/** A legend in HTML, which wraps on a phone where one in the SVG would not. */
export const legend = (entries: readonly { name: string; className: string }[]): Markup =>
  html`<ul class="legend">
    ${entries.map(({ name, className }) => html`<li><span class="key ${className}"></span>${name}</li>`)}
  </ul>`;

/** `M x y L x y`, broken where there is no value. */
export const linePath = (points: readonly (readonly [number, number] | undefined)[]): string => {
  let pen = "M";
  const parts: string[] = [];
  for (const point of points) {
    if (point === undefined) pen = "M";
    else {
      parts.push(`${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`);
      pen = "L";
    }
  }
  return parts.join("");
};
