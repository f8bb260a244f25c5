import { join } from "node:path";
import { buildQueue } from "./build-queue.ts";
import { cacheError } from "./cache-folder.ts";
import { goBuild } from "./go-build.ts";
import type { Go } from "./go.ts";
import { interruptedError } from "./interrupted.ts";
import { executableName, isFile } from "./store.ts";
import type { Target } from "./node-target.ts";
import { withProcessLock } from "./process-lock.ts";
import type { OnProgress, ToolState } from "./progress.ts";
import { publish, withWorkspace } from "./workspace.ts";

export interface Product {
  name: string;
  /** Go import path, or `.`. */
  package: string;
  /** Where it goes (see `storePath`). */
  path: string;
}

interface BuildJob {
  /** The lock's name, for progress and messages. */
  name: string;
  folder: string;
  products: readonly Product[];
  tags: readonly string[];
  ldflags: string;
  target: Target;
  /** About the seconds that it takes. */
  weight: number;
  cache: string;
  /** Called when the job's turn comes. */
  go: () => Promise<Go>;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

export type BuildOutcome = "built" | "cache";

const packageName = (path: string): string => path.split("/").at(-1)!;

const compile = async (job: BuildJob, missing: readonly Product[]): Promise<void> => {
  const started = performance.now();
  const programs = job.products.map(({ name }) => name);
  let compiled = 0;
  const report = (state: ToolState, detail?: string): void =>
    job.onProgress?.({
      tool: job.name,
      programs,
      state,
      seconds: (performance.now() - started) / 1000,
      ...(detail !== undefined && { detail }),
      compiled,
    });
  report("building");
  const go = await job.go();
  await withWorkspace(job.cache, async (folder) => {
    const only = missing.length === 1 ? missing[0]! : undefined;
    const fileOf = (product: Product): string =>
      join(folder, executableName(only ? product.name : packageName(product.package), job.target));
    await goBuild({
      go,
      name: job.name,
      folder: job.folder,
      packages: missing.map((product) => product.package),
      tags: job.tags,
      ldflags: job.ldflags,
      target: job.target,
      output: only ? fileOf(only) : `${folder}/`,
      signal: job.signal,
      onDownload: (module) => report("downloading", module),
      onCompiled: (path) => {
        compiled++;
        report("building", path);
      },
    });
    for (const product of missing) await publish(fileOf(product), product.path);
  });
  report("done");
};

const stillMissing = async (products: readonly Product[]): Promise<Product[]> => {
  const there = await Promise.all(products.map(({ path }) => isFile(path)));
  return products.filter((_, index) => !there[index]);
};

const buildMissing = async (job: BuildJob): Promise<BuildOutcome> => {
  const missing = await stillMissing(job.products);
  if (missing.length > 0) {
    await compile(job, missing);
    return "built";
  }
  // Another process built it while this one waited.
  const programs = job.products.map(({ name }) => name);
  job.onProgress?.({ tool: job.name, programs, state: "cached", seconds: 0 });
  return "cache";
};

/**
 * Builds what is missing of a lock's programs, in turn with other builds of this process, and once where several
 * processes ask for the same. A build that is cut off, even by `kill -9`, leaves no program in its place.
 *
 * @throws EdgeproofError
 */
export const runBuild = async (job: BuildJob): Promise<BuildOutcome> => {
  const programs = job.products.map(({ name }) => name);
  const onWait = (): void =>
    job.onProgress?.({
      tool: job.name,
      programs,
      state: "building",
      seconds: 0,
      detail: "by another process",
    });
  const lock = join(job.cache, "locks", `${job.name}-${job.target.goos}-${job.target.goarch}.lock`);
  try {
    return await buildQueue.run(
      job.weight,
      () => withProcessLock(lock, () => buildMissing(job), { signal: job.signal, onWait }),
      job.signal,
    );
  } catch (error) {
    if (job.signal?.aborted) throw interruptedError(job.signal);
    throw cacheError(error, job.cache);
  }
};
