import { escapeXml } from "../xml.ts";

/** HTML or SVG that is safe as it stands. Only `html` makes it, so nothing gets in unescaped. */
export interface Markup {
  readonly markup: string;
}

export type Content = string | number | Markup | undefined | false | readonly Content[];

const textOf = (content: Content): string => {
  if (content === undefined || content === false) return "";
  if (typeof content === "number") return String(Math.round(content * 100) / 100);
  if (typeof content === "string") return escapeXml(content);
  if ("markup" in content) return content.markup;
  return content.map(textOf).join("");
};

/** Template tag: what is put in is escaped unless it is markup already; numbers have two decimals at most. */
export const html = (strings: TemplateStringsArray, ...contents: readonly Content[]): Markup => ({
  markup: strings.reduce((text, part, index) => text + textOf(contents[index - 1]) + part),
});

/** The report's own style or script, put in as it is; never for text from a run. */
export const trusted = (text: string): Markup => ({ markup: text });
