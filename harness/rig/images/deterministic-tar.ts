import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

export interface TarEntry {
  /** Ends with a slash for a folder. */
  path: string;
  content?: Uint8Array;
  mode: number;
}

/** A tar archive whose bytes depend on nothing but the entries: no times, no owners. */
export const tarOf = async (entries: readonly TarEntry[]): Promise<Buffer> => {
  const archive = pack();
  const packed = buffer(archive);
  for (const { path, content, mode } of entries) {
    const header = { name: path, mode, uid: 0, gid: 0, mtime: new Date(0) };
    if (path.endsWith("/")) archive.entry({ ...header, type: "directory" });
    else archive.entry(header, Buffer.from(content ?? []));
  }
  archive.finalize();
  return packed;
};
