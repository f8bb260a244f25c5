import { html, type Markup } from "./markup.ts";

/** Names with what is known of them, such as the versions of a run. */
export const factsList = (entries: readonly (readonly [name: string, value: string])[]): Markup =>
  html`<dl>
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
