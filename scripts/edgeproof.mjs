#!/usr/bin/env node
// Plain JavaScript for any Node with modules, so that an old one gets an explanation and not a syntax error.
import { existsSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: Node ${process.versions.node} is too old [node-too-old]`);
  console.error("  expected: Node >= 20.19");
  console.error("  fix: install a newer Node, or put it first on PATH");
  process.exit(64);
}
if (!existsSync(new URL("../node_modules/tsx/package.json", import.meta.url))) {
  console.error("error: the npm packages are not installed [packages-missing]");
  console.error(
    "  fix: run `npm ci --ignore-scripts` in edgeproof's folder (`npm run quickstart` does it by itself)",
  );
  process.exit(64);
}
const { register } = await import("tsx/esm/api");
register();
const { main } = await import("../harness/cli/main.ts");
const code = await main(process.argv.slice(2));
// Streams to a rig that stays up would keep the process alive; what was printed to a pipe is let through first.
process.stdout.write("", () => process.exit(code));
