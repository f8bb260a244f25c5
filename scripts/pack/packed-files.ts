import { execa } from "execa";

import { projectFile } from "../../harness/project.ts";

interface Packed {
  filename: string;
  files: { path: string }[];
}

/**
 * What `npm pack` puts into the package, by path.
 *
 * @param folder Where the tarball goes. @default nowhere: nothing is written, and nothing is built
 */
export async function packedFiles(folder?: string): Promise<{ tarball: string; paths: string[] }> {
  const how = folder === undefined ? ["--dry-run", "--ignore-scripts"] : ["--pack-destination", folder];
  // What `prepack` prints to standard output comes before the JSON.
  const { stdout } = await execa("npm", ["pack", "--json", "--silent", ...how], { cwd: projectFile(".") });
  const [packed] = JSON.parse(stdout.slice(stdout.lastIndexOf("\n[\n") + 1)) as Packed[];
  if (!packed) throw new Error("npm pack packed nothing");
  return { tarball: packed.filename, paths: packed.files.map(({ path }) => path) };
}
