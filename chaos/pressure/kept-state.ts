import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";

/** On the machine's disk: what must be put back after a reboot too. */
const FOLDER = "/var/lib/edgeproof/pressure";

const fileOf = (name: string, folder: string): string => `${folder}/${encodeURIComponent(name)}.json`;

function syncPath(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Notes how things were, on disk when it returns. Throws where a note of that name is there already. */
export function keepState(name: string, state: object, folder = FOLDER): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (keptState(name, folder) !== undefined)
    throw new Error(`${name} is in force already: ${fileOf(name, folder)} says how things were before`);
  const draft = `${fileOf(name, folder)}.new`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeSync(file, JSON.stringify(state));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, fileOf(name, folder));
  syncPath(folder);
}

/** Undefined where nothing was noted. */
export function keptState(name: string, folder = FOLDER): unknown {
  try {
    return JSON.parse(readFileSync(fileOf(name, folder), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export function forgetState(name: string, folder = FOLDER): void {
  rmSync(`${fileOf(name, folder)}.new`, { force: true });
  rmSync(fileOf(name, folder), { force: true });
}
