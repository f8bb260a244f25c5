import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { build } from "esbuild";

import { rigError } from "../errors.ts";
import { projectFile } from "../project.ts";
import type { LoadAccount, Sample } from "../record/model.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import { achieved } from "./achieved.ts";
import { k6Command, k6Failure, k6Script, type LoadSpec } from "./k6-args.ts";
import { moveToSlots, readDropTimes } from "./k6-drops.ts";
import { type LoadPlan, parseSampleFile } from "./sample-parser.ts";

export interface LoadOptions {
  /** k6 on the tester. @default "k6" */
  k6Path?: string;
  /** Where k6's output is kept on this machine, gzipped NDJSON; folders are made. */
  rawFile: string;
  signal?: AbortSignal;
}

export interface LoadResult {
  /** In the order of their intended start. */
  samples: Sample[];
  account: LoadAccount;
  /** Offered requests without an outcome; anything but 0 is a defect. */
  unaccounted: number;
  rawFile: string;
}

/** Beginning of the paths of what a load has on the tester; it removes them, unless it was killed. */
export const LOAD_FILES = "/tmp/edgeproof-load-";

/**
 * Offers a load from the tester and waits for its end. Rejects with a rig error (exit 3) if k6 fails or its output is
 * damaged, and with the signal's reason if it was aborted: then the raw file is still fetched if there is one.
 */
export const runLoad = async (
  tester: NodeHandle,
  spec: LoadSpec,
  options: LoadOptions,
): Promise<LoadResult> => {
  const { k6Path = "k6", rawFile, signal } = options;
  signal?.throwIfAborted();
  const { phase, fn, model = "open" } = spec;
  const segment = "segment" in spec ? spec.segment : undefined;
  const part = segment ? `-${segment.index + 1}of${segment.of}` : "";
  const base = `${LOAD_FILES}${phase}-${fn}-${model}${part}`.replaceAll(/[^\w./-]/g, "_");
  const files = {
    script: `${base}.js`,
    body: `${base}.body`,
    output: `${base}.json.gz`,
    log: `${base}.log`,
  };
  const remove = () => tester.exec(["rm", "-f", ...Object.values(files)], { allowFailure: true });
  await remove();
  await tester.writeFile(files.script, await bundled(k6Script(spec)));
  if (spec.bodyFile !== undefined) await tester.writeFile(files.body, await readFile(spec.bodyFile));
  const { argv, env, deadlineMs } = k6Command(spec, files);
  const { exitCode, stderr } = await tester.exec([k6Path, ...argv], {
    env,
    timeoutMs: deadlineMs,
    allowFailure: true,
    ...(signal && { signal }),
  });
  const log = exitCode === 0 ? "" : await tester.readFile(files.log).then(String, () => "");
  const where = `${tester.name}: ${spec.fn} in phase ${spec.phase}`;
  const failure = signal?.aborted
    ? (signal.reason as unknown)
    : k6Failure(exitCode, `${stderr}\n${log}`, where);
  try {
    const raw = await tester.readFile(files.output);
    await mkdir(dirname(rawFile), { recursive: true });
    await writeFile(rawFile, raw);
  } catch (error) {
    // k6's own failure says more than that it left no output.
    throw failure ?? error;
  } finally {
    await remove();
  }
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a signal's reason is whatever it was aborted with
  if (failure !== undefined) throw failure;

  const samples: Sample[] = [];
  const parsed = await parseSampleFile(rawFile, [planOf(spec)], (sample) => samples.push(sample));
  if (parsed.truncated || parsed.strays > 0) {
    const what = parsed.truncated ? "is cut off" : `has ${parsed.strays} points of another load`;
    throw rigError("k6-output", `k6's output ${what}`, {
      where: rawFile,
      expected: "the whole output of one load",
    });
  }
  const { account, unaccounted } = parsed.accounts[0]!;
  if (spec.model === "closed") {
    const ordered = samples.toSorted((a, b) => a.startedAt - b.startedAt);
    return {
      samples: ordered,
      account: { ...account, ...achieved(ordered, spec.thinkMs, spec.steps) },
      unaccounted,
      rawFile,
    };
  }
  const drops = account.dropped > 0 ? await readDropTimes(rawFile) : [];
  return {
    samples: moveToSlots(samples, drops, spec.ratePerSecond / (segment?.of ?? 1)),
    account,
    unaccounted,
    rawFile,
  };
};

/** A script of fixtures/k6 with what it imports, as one file; only k6's own modules are left to k6. */
const bundled = async (script: string): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    entryPoints: [projectFile("fixtures/k6", script)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2020",
    external: ["k6", "k6/*"],
  });
  return outputFiles[0]!.contents;
};

const planOf = (spec: LoadSpec): LoadPlan => {
  const { phase, fn } = spec;
  if (spec.model !== "closed") {
    const { ratePerSecond, durationMs } = spec;
    return { phase, fn, model: "open", ratePerSecond, durationMs };
  }
  const { users, thinkMs, until } = spec;
  return { phase, fn, model: "closed", users, thinkMs, ...("iterations" in until ? until : {}) };
};
