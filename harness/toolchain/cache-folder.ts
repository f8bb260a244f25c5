import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { rigError } from "../errors.ts";
import { diskFullError } from "./go-build-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's cache folder (it may not exist yet): `EDGEPROOF_CACHE`, else where the system keeps such things. */
export const cacheFolder = (env: Environment = process.env): string => {
  if (env.EDGEPROOF_CACHE) return resolve(env.EDGEPROOF_CACHE);
  // The XDG specification says to ignore relative paths.
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, "edgeproof");
  const caches = process.platform === "darwin" ? join("Library", "Caches") : ".cache";
  return join(env.HOME || homedir(), caches, "edgeproof");
};

/** What a failed change in the cache folder is to the user; anything else is given back as it is. */
export const cacheError = (error: unknown, cache: string): unknown => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") return diskFullError(cache);
  if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS" && code !== "ENOTDIR") return error;
  return rigError("cache-not-writable", "the cache folder cannot be written", {
    where: cache,
    fix: "give yourself the right to write there, or set EDGEPROOF_CACHE to another folder",
    cause: error,
  });
};
