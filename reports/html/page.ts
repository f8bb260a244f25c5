import { html, trusted, type Content, type Markup } from "./markup.ts";
import { style } from "./style.ts";

// A page needs nothing from outside, and the browser is told to let nothing in or out.
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** One HTML file that works offline. */
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
        ${body}
      </body>
    </html> `;
  return `${whole.markup.trim()}\n`;
};

export const section = (title: string, explanation: string, content: Content): Markup =>
  html`<section>
    <h2>${title}</h2>
    ${explanation && html`<p class="soft">${explanation}</p>`} ${content}
  </section>`;
