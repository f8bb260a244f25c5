// Builds the tiny node program in a process of its own: `build-in-process.ts TOOLS_YAML CACHE`, one JSON line an event.
import { loadCatalog } from "../catalog.ts";
import { nodeTarget } from "../node-target.ts";
import { startToolchain } from "../resolve.ts";

const [, , file, cache] = process.argv;
const print = (value: unknown): void => console.log(JSON.stringify(value));
const started = startToolchain(["tiny"], nodeTarget(process.arch), {
  catalog: loadCatalog(file),
  cache: cache!,
  onProgress: print,
});
print(await started.get("tiny"));
