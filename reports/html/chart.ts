import { html, trusted, type Content, type Markup } from "./markup.ts";

/** How a series looks in a legend: its colour is always told by a dash or a hatch as well. */
export interface LegendEntry {
  name: string;
  /** Of a line such as `s3 d1`, or of an area such as `f3`. */
  className: string;
  /** @default "area" */
  shape?: "line" | "area";
  /** Laid over an area, such as `h1`. */
  hatch?: string;
}

/** Hatches of areas, drawn in the colour of the ground over the area's own; once a document. */
export const hatches: Markup = trusted(`<defs>
  <pattern id="hatch-1" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="weave" width="2.5" height="6"/></pattern>
  <pattern id="hatch-2" width="6" height="6" patternUnits="userSpaceOnUse"><circle class="weave" cx="3" cy="3" r="1.6"/></pattern>
  <pattern id="hatch-3" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="weave" width="5" height="2"/></pattern>
  <pattern id="hatch-4" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="weave" width="1.5" height="6"/></pattern>
  <pattern id="hatch-5" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="weave" width="2" height="5"/></pattern>
</defs>`);

const swatch = ({ className, shape, hatch }: LegendEntry): Markup =>
  html`<svg class="key" viewBox="0 0 28 12" aria-hidden="true">
    ${
      shape === "line"
        ? html`<line class="line ${className}" x1="0" x2="28" y1="6" y2="6" />`
        : html`<rect class="${className}" width="28" height="12" />
            ${hatch !== undefined && html`<rect class="${hatch}" width="28" height="12" />`}`
    }
  </svg>`;

/** A legend in HTML, which wraps on a phone where one in the SVG would not. */
export const legend = (entries: readonly LegendEntry[]): Markup =>
  html`<ul class="legend">
    ${entries.map((entry) => html`<li>${swatch(entry)}${entry.name}</li>`)}
  </ul>`;

/**
 * An SVG that grows with the page and can be scrolled sideways on a phone. What lies in a group with `data-row` and has a
 * `<title>` can be walked through with the arrow keys (interaction.ts).
 */
export const chart = (title: string, width: number, height: number, content: Content): Markup =>
  html`<div class="chart" tabindex="0" role="group" aria-label="${title}">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${content}</svg>
  </div>`;

/** The same for one of several small charts side by side, which needs no scrolling. */
export const smallChart = (title: string, width: number, height: number, content: Content): Markup =>
  html`<div class="chart small" tabindex="0" role="group" aria-label="${title}">
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${content}</svg>
  </div>`;

/** A group whose titled elements are one row of what the arrow keys walk through. */
export const row = (content: Content): Markup => html`<g data-row="">${content}</g>`;

/** A rectangle with its tooltip. */
export const titled = (title: string, content: Content): Markup =>
  html`<g>
    <title>${title}</title>
    ${content}
  </g>`;
