import { gzipSync } from "node:zlib";

import { html, type Markup } from "./markup.ts";

/** Longer texts are packed: a page that a phone has to load stays below a tenth of them. */
const PACKED_ABOVE = 1024 * 1024;

type Value = string | number | boolean | undefined;

export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Value[])[];
}

const field = (value: Value): string => {
  const text = value === undefined || Number.isNaN(value) ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** RFC 4180, but for line ends of one byte; what is not there is empty. */
const csv = ({ columns, rows }: Table): string =>
  [columns, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");

/**
 * A link that saves a text which lies in the page: nothing is fetched, and no script is needed. Above 1 MiB the file is
 * packed by gzip.
 */
export const dataLink = (file: string, type: string, data: string | Table): Markup => {
  const text = typeof data === "string" ? data : csv(data);
  const packed = Buffer.byteLength(text) > PACKED_ABOVE;
  const bytes = packed ? gzipSync(text, { level: 9 }) : Buffer.from(text);
  const name = packed ? `${file}.gz` : file;
  const href = `data:${packed ? "application/gzip" : type};base64,${bytes.toString("base64")}`;
  return html`<a class="save" download="${name}" href="${href}">${name}</a>`;
};

/** The links below a plot. */
export const dataOf = (...links: readonly Markup[]): Markup =>
  html`<p class="data">Data: ${links.map((link) => html`${link} `)}</p>`;
