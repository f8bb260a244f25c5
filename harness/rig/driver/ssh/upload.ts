import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

import { execa } from "execa";

import { remoteScript } from "./remote-scripts.ts";
import type { SshTransport } from "./transport.ts";

/** A slow link carries 100 MB in this time at 0.5 Mbit/s and more. */
const PUT_LIMIT_MS = 1_800_000;
const ASK_LIMIT_MS = 120_000;
/** The fastest: a Go program is half as large then, and more costs more than it saves. */
const COMPRESSION = { level: 1 };

const sums = new Map<string, Promise<string>>();

async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Programs are the same for all nodes of an architecture: each is read once. */
const sumOnce = (path: string): Promise<string> => {
  const known = sums.get(path) ?? sumOf(path);
  sums.set(path, known);
  return known;
};

async function isThere(
  node: SshTransport,
  where: readonly string[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const asked = [...where, "", "ask"].slice(0, 5);
  const { stdout } = await node.run(remoteScript.put(), asked, { timeoutMs: ASK_LIMIT_MS, signal });
  return stdout.trim() === "there";
}

/** Puts one file below /opt/edgeproof, unless the same is there; its checksum is compared on the node. */
export async function putFile(
  node: SshTransport,
  folder: "bin" | "images" | "k3s",
  name: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const where = [folder, name, await sumOnce(path)];
  if (await isThere(node, where, signal)) return;
  const packed = createReadStream(path).pipe(createGzip(COMPRESSION));
  const mode = folder === "images" ? "0644" : "0755";
  await node.run(remoteScript.put(), [...where, mode], { stdin: packed, timeoutMs: PUT_LIMIT_MS, signal });
}

/** Puts the folder of Node and edgeproof's own programs, whose name is the hash of what it holds. */
export async function putRuntime(node: SshTransport, folder: string, signal?: AbortSignal): Promise<void> {
  const name = basename(folder);
  // The folder's own name tells what is in it; the archive's checksum only that it came whole.
  const key = createHash("sha256").update(name).digest("hex");
  if (await isThere(node, ["runtime", ".", key], signal)) return;
  const draft = await mkdtemp(join(tmpdir(), `edgeproof-put-${process.pid}-`));
  try {
    const archive = join(draft, "runtime.tar");
    await execa("tar", ["-C", folder, "--owner=0", "--group=0", "-cf", archive, "."]);
    const packed = join(draft, "runtime.tar.gz");
    await execa("gzip", ["-1", archive]);
    const where = ["runtime", ".", await sumOf(packed), "0755", "put", key];
    await node.run(remoteScript.put(), where, {
      stdin: createReadStream(packed),
      timeoutMs: PUT_LIMIT_MS,
      signal,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
