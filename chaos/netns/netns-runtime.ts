import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the tests are bundled their programs lie beside them, and there is nothing to bundle with. */
const BESIDE = dirname(fileURLToPath(import.meta.url));

/** A runtime folder as machines have it, with Node and the programs of probes; for tests. */
export async function netnsRuntime(): Promise<{ path: string; remove: () => Promise<void> }> {
  if (existsSync(join(BESIDE, "link-meter.mjs"))) return { path: BESIDE, remove: () => Promise.resolve() };
  const { build } = await import("esbuild");
  const path = await mkdtemp(join(tmpdir(), "epwt-runtime-"));
  await symlink(process.execPath, join(path, "node"));
  await build({
    entryPoints: [fileURLToPath(new URL("../probe/link-meter-main.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: join(path, "link-meter.mjs"),
    logLevel: "silent",
  });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
