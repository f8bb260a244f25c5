import { hatches } from "./chart.ts";
import { interaction } from "./interaction.ts";
import { html, trusted, type Content, type Markup } from "./markup.ts";
import { style } from "./style.ts";

// A page needs nothing from outside, and the browser is told to let nothing in or out.
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** One HTML file that works offline, and without scripts. */
export const page = (title: string, body: Content): string => {
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${title}</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the result</a>
        <svg class="hidden" aria-hidden="true">${hatches}</svg>
        <main id="main" tabindex="-1">${body}</main>
        <script>
          ${trusted(interaction)};
        </script>
      </body>
    </html> `;
  return `${whole.markup.trim()}\n`;
};

/** Of a title, for links within the page. */
const anchor = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");

export const section = (title: string, explanation: string, content: Content): Markup =>
  html`<section aria-labelledby="${anchor(title)}">
    <h2 id="${anchor(title)}">${title}</h2>
    ${explanation && html`<p class="soft">${explanation}</p>`} ${content}
  </section>`;

/** Links to the sections of a long page. */
export const contents = (titles: readonly string[]): Markup =>
  html`<nav aria-label="sections">
    <ul>
      ${titles.map((title) => html`<li><a href="#${anchor(title)}">${title}</a></li>`)}
    </ul>
  </nav>`;
