import { rigError } from "../errors.ts";
import type { LoadAccount, Sample } from "../record/model.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import type { LoadSpec } from "./k6-args.ts";
import { type LoadOptions, type LoadResult, runLoad } from "./k6-load.ts";
import { segmentsOf } from "./segments.ts";

/** Until all processes have read their script; they wait for a common moment. */
const HEAD_START_MS = 3000;

const sum = (results: readonly LoadResult[], of: keyof LoadAccount): number =>
  results.reduce((all, { account }) => all + Number(account[of]), 0);

/** `x.json.gz` -> `x.2of3.json.gz` */
const partFile = (file: string, index: number, of: number): string =>
  file.replace(/(\.[^/]*)?$/, `.${index + 1}of${of}$1`);

/** One result of the parts: samples by their intended start, and an account that sums. */
export function mergeLoads(results: readonly LoadResult[], planned: number): LoadResult {
  const first = results[0]!;
  const counts = ["offered", "completed", "failed", "timedOut", "dropped"] as const;
  const summed = Object.fromEntries(counts.map((name) => [name, sum(results, name)]));
  const samples: Sample[] = results.flatMap((result) => result.samples);
  return {
    samples: samples.sort((a, b) => a.intendedAt - b.intendedAt),
    account: { ...first.account, ...summed, planned },
    unaccounted: results.reduce((all, { unaccounted }) => all + unaccounted, 0),
    rawFile: first.rawFile,
  };
}

/**
 * Offers a load by as many k6 processes as it asks for (`instances`; one on each tester), dealt out over the testers in
 * turn; a closed one by one on the first. Rate and number
 * of requests are exactly those of one process: each has its own slots of the common schedule, at its own exact distances.
 * They are meant to begin at one moment; as k6 still makes its virtual users after it has read when that is, they do so
 * tens of milliseconds apart (more on a busy host, and by what clocks of several testers differ), so that slots of
 * different processes do not lie quite evenly between each other. Each sample has the start that its process intended.
 */
export async function spreadLoad(
  testers: readonly [NodeHandle, ...NodeHandle[]],
  spec: LoadSpec,
  options: LoadOptions,
): Promise<LoadResult> {
  if (spec.model === "closed") return runLoad(testers[0], spec, options);
  const planned = Math.max(1, Math.round((spec.ratePerSecond * spec.durationMs) / 1000));
  const instances = spec.instances ?? Math.min(testers.length, planned);
  if (instances === 1) return runLoad(testers[0], spec, options);
  const segments = segmentsOf(instances);
  if (planned < instances)
    throw rigError("load-too-small", `${planned} requests are too few for ${instances} processes`, {
      where: `${spec.fn} in phase ${spec.phase}`,
      expected: "a request for each at least",
      fix: "use fewer instances",
    });
  const startAt = Date.now() + HEAD_START_MS;
  const results = await Promise.all(
    segments.map((segment) =>
      runLoad(
        testers[segment.index % testers.length]!,
        { ...spec, segment, startAt },
        { ...options, rawFile: partFile(options.rawFile, segment.index, segment.of) },
      ),
    ),
  );
  return mergeLoads(results, planned);
}
