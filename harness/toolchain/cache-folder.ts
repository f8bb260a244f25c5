import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's cache folder (it may not exist yet): `EDGEPROOF_CACHE`, else where the system keeps such things. */
export const cacheFolder = (env: Environment = process.env): string => {
  if (env.EDGEPROOF_CACHE) return resolve(env.EDGEPROOF_CACHE);
  // The XDG specification says to ignore relative paths.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, "edgeproof");
  const caches = process.platform === "darwin" ? join("Library", "Caches") : ".cache";
  return join(env.HOME || homedir(), caches, "edgeproof");
};
