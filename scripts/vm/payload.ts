import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { projectFile } from "../../harness/project.ts";
import { ensureRuntimeFolder } from "../../harness/rig/driver/runtime-folder.ts";
import { runTool } from "./run-tool.ts";

export interface Payload {
  /** The second disk: raw, read-only. */
  disk: string;
  /** Private key that the machine lets in. */
  key: string;
  /** The machine's own public key, as in a known_hosts file after the address. */
  hostKey: string;
}

const DISK_SIZE = "600M";

/**
 * Makes the second disk in `folder`: Node, edgeproof's programs for nodes, the tests as one file, and keys of this run.
 * A disk and not a copy over ssh: it is there when the machine is up, at no cost of the emulated processor's.
 */
export async function makePayload(folder: string, cache: string, signal: AbortSignal): Promise<Payload> {
  const root = join(folder, "payload");
  await cp(await ensureRuntimeFolder(cache, "amd64"), root, { recursive: true });
  await writeFile(join(root, "guest-suite.mjs"), await bundleSuite());
  await copyFile(projectFile("chaos/netns/udp-end.mjs"), join(root, "udp-end.mjs"));
  const key = join(folder, "key");
  await mkdir(join(root, "ssh"), { mode: 0o700 });
  await makeKey(key, signal);
  await makeKey(join(root, "ssh/host_key"), signal);
  await copyFile(`${key}.pub`, join(root, "ssh/authorized_keys"));
  await chmod(join(root, "ssh/authorized_keys"), 0o600);
  const disk = join(folder, "payload.img");
  const own = ["-E", "root_owner=0:0", "-L", "payload"];
  await runTool(["mke2fs", "-q", "-t", "ext4", ...own, "-d", root, disk, DISK_SIZE], signal);
  const [type = "", text = ""] = (await readFile(join(root, "ssh/host_key.pub"), "utf8")).split(" ");
  await rm(root, { recursive: true });
  return { disk, key, hostKey: `${type} ${text}` };
}

const makeKey = (path: string, signal: AbortSignal): Promise<void> =>
  runTool(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "edgeproof-vm", "-f", path], signal);

/** The tests and mocha in one file: an emulated processor takes seconds to load hundreds of them. */
async function bundleSuite(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [projectFile("scripts/vm/guest-suite.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["koffi", "esbuild"],
    // Of mocha's parts, which are CommonJS.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    logLevel: "silent",
  });
  return outputFiles[0]!.contents;
}
