#!/usr/bin/env node
// Plain JavaScript for any Node with modules, so that an old one gets an explanation and not a syntax error.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: Node ${process.versions.node} is too old [node-too-old]`);
  console.error("  expected: Node >= 20.19");
  console.error("  fix: install a newer Node, or put it first on PATH");
  process.exit(64);
}

/** A checkout runs from its sources; an installed package has what they were compiled to. */
const load = async () => {
  const here = (path) => new URL(path, import.meta.url);
  const { registerBundledPackages } = await import("./bundled-packages.mjs");
  if (!existsSync(here("../harness/cli/main.ts"))) {
    await registerBundledPackages();
    return import("../dist/harness/cli/main.js");
  }
  if (!existsSync(here("../node_modules/tsx/package.json"))) {
    console.error("error: the npm packages are not installed [packages-missing]");
    console.error(
      "  fix: run `npm ci --ignore-scripts` in edgeproof's folder (`npm run quickstart` does it by itself)",
    );
    process.exit(64);
  }
  const { register } = await import("tsx/esm/api");
  // Its own tsconfig says where `edgeproof` is, whatever the working folder.
  register({ tsconfig: fileURLToPath(here("../tsconfig.json")) });
  await registerBundledPackages();
  return import("../harness/cli/main.ts");
};

const { main } = await load();
const code = await main(process.argv.slice(2));
// Streams to a rig that stays up would keep the process alive; what was printed to a pipe is let through first.
process.stdout.write("", () => process.exit(code));
