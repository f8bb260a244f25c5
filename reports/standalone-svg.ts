import { hatches } from "./html/chart.ts";
import { html, trusted, type Content } from "./html/markup.ts";
import { svgStyle } from "./html/style.ts";

/** A drawing as an SVG file of its own, which brings its colours with it. */
export const standaloneSvg = (drawing: { width: number; height: number; content: Content }): string => {
  const { width, height, content } = drawing;
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
  >
    <style>
      ${trusted(svgStyle)}
    </style>
    ${hatches}${content}
  </svg>`.markup;
};
