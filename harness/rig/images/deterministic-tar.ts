import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { pack } from "tar-stream";

/** Bytes, or a file that is read when its turn comes. */
export type TarContent = Uint8Array | { file: string; size: number };

export interface TarEntry {
  /** Ends with a slash for a folder. */
  path: string;
  content?: TarContent;
  mode: number;
}

/** A tar archive as a stream, whose bytes depend on nothing but the entries: no times, no owners. */
export function tarOf(entries: readonly TarEntry[]): Readable {
  const archive = pack();
  const fill = async (): Promise<void> => {
    for (const { path, content = Buffer.alloc(0), mode } of entries) {
      const header = { name: path, mode, uid: 0, gid: 0, mtime: new Date(0) };
      if (path.endsWith("/")) archive.entry({ ...header, type: "directory" });
      else if (content instanceof Uint8Array) archive.entry(header, Buffer.from(content));
      else await pipeline(createReadStream(content.file), archive.entry({ ...header, size: content.size }));
    }
    archive.finalize();
  };
  fill().catch((error: unknown) => archive.destroy(error as Error));
  // tar-stream's streams are not Node's own; only those have the error and close events that a pipeline waits for.
  return Readable.from(archive);
}
