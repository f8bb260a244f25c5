import { usageError } from "../errors.ts";
import { closest } from "../config/did-you-mean.ts";
import { cacheFolder } from "./cache-folder.ts";
import { loadCatalog, type Catalog, type Program } from "./catalog.ts";
import { goSeries, planGo, readyGo, type Go, type PlannedGo } from "./go.ts";
import type { OnProgress } from "./progress.ts";

export interface ToolchainOptions {
  /** @default fixtures/toolchain/tools.yaml */
  catalog?: Catalog;
  /** @default the user's cache folder */
  cache?: string;
  /** Paths of programs that the user's configuration names, by program. */
  overrides?: Readonly<Record<string, string>>;
  /** @default process.env */
  env?: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** Options with their defaults, and the Go that is looked for (or installed) once. */
export interface Toolchain {
  catalog: Catalog;
  cache: string;
  overrides: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal | undefined;
  onProgress: OnProgress | undefined;
  planned: () => Promise<PlannedGo>;
  go: () => Promise<Go>;
}

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
};

export const openToolchain = (options: ToolchainOptions = {}): Toolchain => {
  const { env = process.env, overrides = {}, signal, onProgress } = options;
  const catalog = options.catalog ?? loadCatalog();
  const cache = options.cache ?? cacheFolder(env);
  const planned = once(() => planGo(catalog, cache, env));
  const go = once(async () => readyGo(await planned(), catalog, cache, signal));
  return { catalog, cache, overrides, env, signal, onProgress, planned, go };
};

/** @throws EdgeproofError (usage) when there is no such program. */
export const programNamed = ({ programs }: Catalog, name: string): Program => {
  const program = programs.get(name);
  if (program) return program;
  const known = [...programs.keys()];
  const near = closest(name, known);
  throw usageError("tool-unknown", `there is no tool \`${name}\``, {
    expected: `one of ${known.join(", ")}`,
    ...(near !== undefined && { fix: `did you mean \`${near}\`?` }),
  });
};

/** The part of the planned Go's version that keys hold. Without any Go, what the oldest one built is still of use. */
export const plannedSeries = (planned: PlannedGo, catalog: Catalog): string => {
  if (planned.state === "missing") return goSeries(catalog.go.minimum);
  return goSeries(planned.state === "ready" ? planned.go.version : planned.version);
};
