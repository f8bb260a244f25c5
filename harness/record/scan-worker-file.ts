import type { RequestGroup } from "./request-groups.ts";

/** What a scan came to: groups, or where a line is damaged. */
export type ScanAnswer = RequestGroup[] | { file: string; offset: number; message: string };

/** Module of the thread that scans; tsx does not reach into threads on Node 20, so one in between registers it. */
export function scanWorker(): URL {
  const own = import.meta.url;
  const beside = (name: string) => JSON.stringify(new URL(`./${name}`, own).href);
  if (!own.endsWith(".ts")) return new URL("./scan-worker.js", own);
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const code = `import { register } from ${tsx}; register(); await import(${beside("scan-worker.ts")});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
