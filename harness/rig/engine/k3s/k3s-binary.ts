import { createWriteStream } from "node:fs";
import { chmod, copyFile, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { extract } from "tar-stream";

import { usageError } from "../../../errors.ts";
import type { Docker } from "../../driver/container/engine-client.ts";
import { imageExists, pull } from "../../driver/container/node-image.ts";
import { K3S_IMAGE, K3S_VERSION } from "./k3s-files.ts";

/**
 * K3s as a folder to be mounted into nodes: the release binary that the user gave, else `/bin` of the pinned image
 * (in the image K3s is not self-extracting: its parts lie beside it and are found by PATH).
 */
export async function ensureK3sFolder(
  cache: string,
  given: string | undefined,
  docker: Docker,
  say: (message: string) => void,
): Promise<string> {
  if (given) return placeGiven(cache, given);
  const folder = join(cache, "k3s", K3S_VERSION);
  if (await present(folder)) return folder;
  if (!(await imageExists(docker, K3S_IMAGE))) await pull(docker, K3S_IMAGE, say);
  const draft = `${folder}.${process.pid}`;
  const container = await docker.createContainer({ Image: K3S_IMAGE, Cmd: ["true"] });
  try {
    await unpack(await container.getArchive({ path: "/bin" }), draft);
    await rename(draft, folder);
  } finally {
    await container.remove({ force: true, v: true });
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** `e_machine` of an ELF file (elf.h), and the ending of K3s's release files, by Go's name of an architecture. */
const MACHINES: Record<string, { elf: number; ending: string }> = {
  amd64: { elf: 0x3e, ending: "" },
  arm64: { elf: 0xb7, ending: "-arm64" },
  arm: { elf: 0x28, ending: "-armhf" },
};

async function elfMachine(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  try {
    const head = Buffer.alloc(20);
    await file?.read(head, 0, 20, 0);
    return head.subarray(0, 4).toString("latin1") === "\u007fELF" ? head.readUInt16LE(18) : undefined;
  } finally {
    await file?.close();
  }
}

/**
 * The release binary for an architecture: the one that EDGEPROOF_K3S names, or the file beside it that is called as K3s's
 * releases call it (`k3s-arm64`, `k3s-armhf`). What a file is for is read from itself.
 * @throws EdgeproofError (usage) where there is none
 */
export async function k3sBinary(given: string | undefined, architecture: string): Promise<string> {
  const { elf, ending } = MACHINES[architecture] ?? { elf: -1, ending: `-${architecture}` };
  const named = given ?? "";
  const bare = named.replace(/-(arm64|armhf)$/, "");
  for (const path of given === undefined ? [] : [named, `${bare}${ending}`])
    if ((await elfMachine(path)) === elf) return path;
  throw usageError("K3S_BINARY", `there is no K3s for ${architecture}`, {
    where: given === undefined ? "EDGEPROOF_K3S is not set" : `EDGEPROOF_K3S=${given}`,
    expected: `a release binary of K3s, or \`k3s${ending}\` beside it`,
    fix: "download it from K3s's releases and check its checksum, or use `engine: kubernetes`",
  });
}

async function placeGiven(cache: string, given: string): Promise<string> {
  const found = await stat(given).catch(() => undefined);
  if (!found?.isFile())
    throw usageError("K3S_BINARY", "EDGEPROOF_K3S does not name a file", {
      where: given,
      expected: "the path of a K3s release binary for the nodes' architecture",
      fix: "download it from K3s's releases and check its checksum, or unset EDGEPROOF_K3S",
    });
  const folder = join(cache, "k3s", `given-${found.size}-${Math.round(found.mtimeMs)}`);
  if (!(await present(join(folder, "k3s")))) {
    await mkdir(folder, { recursive: true });
    await copyFile(given, join(folder, ".k3s"));
    await chmod(join(folder, ".k3s"), 0o755);
    await rename(join(folder, ".k3s"), join(folder, "k3s"));
  }
  return folder;
}

async function unpack(archive: NodeJS.ReadableStream, folder: string): Promise<void> {
  const { symlink } = await import("node:fs/promises");
  const reader = extract();
  const written = (async () => {
    for await (const entry of reader) {
      const { name, type, linkname, mode } = entry.header;
      const path = join(folder, name.replace(/^bin\/?/, ""));
      if (type === "directory") await mkdir(path, { recursive: true });
      else if (type === "symlink") await symlink(linkname, path);
      else if (type === "file") {
        await pipeline(entry, createWriteStream(path, { mode }));
        continue;
      }
      entry.resume();
    }
  })();
  await Promise.all([pipeline(archive, reader), written]);
}

const present = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
