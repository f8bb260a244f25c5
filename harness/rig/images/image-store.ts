import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type ImagePlatform, packImage } from "./oci-image.ts";

/** Where the image folder appears inside nodes. */
export const IMAGES_PATH = "/opt/edgeproof/images";
/** Raise it when `packImage` packs the same program in another way. */
const FORMAT = 2;

/** An image whose archive lies in the cache's image folder, which nodes see at `IMAGES_PATH`. */
export interface StoredImage {
  name: string;
  reference: string;
  /** The archive's file name in that folder. */
  file: string;
  /** The name that pods use, where that is another: this archive is for nodes of another architecture. */
  alias?: string;
}

export const imageFolder = async (cache: string): Promise<string> => {
  const folder = join(cache, "images");
  await mkdir(folder, { recursive: true });
  return folder;
};

/**
 * Packs one static program as an image, once: the archive is kept by the path of the program, which holds the hash of
 * everything that it was built from.
 */
export const storeImage = (
  name: string,
  platform: ImagePlatform,
  binary: string,
  folder: string,
): Promise<StoredImage> =>
  storeOnce(name, [String(FORMAT), binary, JSON.stringify(platform)], folder, (archive) =>
    packImage({ name, platform, program: binary, archive }),
  );

/**
 * Makes an archive where there is none of this name and these `parts`, which say all that decides its content. `pack`
 * writes it, and returns the image's reference.
 */
export async function storeOnce(
  name: string,
  parts: readonly string[],
  folder: string,
  pack: (archive: string) => Promise<string>,
): Promise<StoredImage> {
  const key = `${name}-${createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16)}`;
  const file = `${key}.tar`;
  const record = join(folder, `${key}.json`);
  const known = await readFile(record, "utf8").catch(() => undefined);
  if (known !== undefined)
    return { name, file, reference: (JSON.parse(known) as { reference: string }).reference };
  const draft = join(folder, `.${file}.${process.pid}`);
  try {
    const reference = await pack(draft);
    await rename(draft, join(folder, file));
    // Written last: what has a record has an archive.
    await writeFile(draft, JSON.stringify({ reference }));
    await rename(draft, record);
    return { name, file, reference };
  } finally {
    await rm(draft, { force: true });
  }
}
