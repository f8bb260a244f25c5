/** Where things that lie at one place on every machine of a rig lie on this one. */
export interface LocalPlaces {
  /** Single files, such as a program: place on a machine -> place here. */
  files: Readonly<Record<string, string>>;
  /** Folders, with all that is in them. */
  folders: Readonly<Record<string, string>>;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * Puts the places of this machine into a path, or into an argument that holds one (`file=/tmp/x,level=error`). Each place is
 * replaced once: what it becomes may lie below another.
 */
export function localPaths({ files, folders }: LocalPlaces): (text: string) => string {
  const longestFirst = (names: string[]): string[] => names.toSorted((a, b) => b.length - a.length);
  const names = longestFirst(Object.keys(files)).map((name) => `${escaped(name)}(?![\\w./-])`);
  const prefixes = longestFirst(Object.keys(folders)).map((name) => `${escaped(name)}(?=/|$)`);
  // A path begins at the beginning, or behind what no path has in it.
  const places = new RegExp(`(?<![\\w./-])(?:${[...names, ...prefixes].join("|")})`, "g");
  return (text) => text.replaceAll(places, (found) => files[found] ?? folders[found] ?? found);
}
