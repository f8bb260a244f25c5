import { gunzipSync } from "node:zlib";

/** What a page would fetch: everything that names something outside of it. Links to files that lie in it are none. */
export const fetchedBy = (page: string): string[] => {
  const own = page.replaceAll("http-equiv", "").replaceAll(/ href="(data:[^"]*|#[a-z0-9-]+)"/g, "");
  return [...own.matchAll(/\b(?:src|href)="[^"]*"|@import|url\((?!#)|https?:/g)].map(([found]) => found);
};

/** The files that a page carries, by name, unpacked. */
export const filesOf = (page: string): Map<string, string> =>
  new Map(
    [...page.matchAll(/download="([^"]+)"\s+href="data:[^;]+;base64,([^"]*)"/g)].map(([, name, data]) => {
      const bytes = Buffer.from(data!, "base64");
      return [name!, (name!.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()];
    }),
  );

/** Rows of a CSV file without quoted fields, its head first. */
export const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

/** The SVG of each chart. */
export const chartsOf = (page: string): string[] =>
  [...page.matchAll(/<svg[^>]*role="img"[^]*?<\/svg>/g)].map(([chart]) => chart);
