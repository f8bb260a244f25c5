import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The packet thread's module: `wan-worker.mjs` beside the bundled service, else the source. tsx does not reach into
 * worker threads on Node 20, so there a module in between registers it first.
 */
export function workerFile(): URL {
  const bundled = new URL("./wan-worker.mjs", import.meta.url);
  if (existsSync(fileURLToPath(bundled))) return bundled;
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const source = JSON.stringify(new URL("./worker.ts", import.meta.url).href);
  const code = `import { register } from ${tsx}; register(); await import(${source});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
