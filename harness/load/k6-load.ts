import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

import { build } from "esbuild";

import { rigError } from "../errors.ts";
import { projectFile } from "../project.ts";
import type { LoadAccount, Sample } from "../record/model.ts";
import { writeFailure } from "../record/ndjson.ts";
import { RUNTIME_PATH } from "../rig/driver/runtime-folder.ts";
import type { ExecResult, NodeHandle } from "../rig/node-handle.ts";
import { achieved } from "./achieved.ts";
import { k6Command, k6Failure, k6Script, type LoadSpec } from "./k6-args.ts";
import { SlotMover } from "./k6-drops.ts";
import { type LoadPlan, SampleReader } from "./sample-parser.ts";

export interface LoadOptions {
  /** k6 on the tester. @default "k6" */
  k6Path?: string;
  /** What runs k6 there and passes its output on. @default the program of the runtime folder */
  streamer?: readonly string[];
  /** Where k6's output about requests is kept on this machine, gzipped NDJSON; folders are made. */
  rawFile: string;
  signal?: AbortSignal;
  /** Called with each sample while the load goes on, in the order in which requests end. */
  onSample?: (sample: Sample) => void;
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

const STREAMER = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/k6-stream.mjs`];

/** Keeps lines as gzip; what was written before a failure can be read. */
async function rawLines(file: string): Promise<{ write(line: string): void; end(): Promise<void> }> {
  await mkdir(dirname(file), { recursive: true });
  const gzip = createGzip();
  const written = pipeline(gzip, createWriteStream(file));
  // Told at the end; until then nobody waits for it.
  written.catch(() => undefined);
  return {
    write: (line) => void gzip.write(`${line}\n`),
    end: () => {
      gzip.end();
      return written.catch((cause: unknown) => {
        throw writeFailure(file, cause);
      });
    },
  };
}

/**
 * Offers a load from the tester, reads its samples while k6 writes them, and waits for its end. Rejects with a rig error
 * (exit 3) if k6 fails or its output is damaged, and with the signal's reason if it was aborted; samples and raw lines
 * until then were handed over.
 */
export const runLoad = async (
  tester: NodeHandle,
  spec: LoadSpec,
  options: LoadOptions,
): Promise<LoadResult> => {
  const { k6Path = "k6", streamer = STREAMER, rawFile, signal, onSample } = options;
  signal?.throwIfAborted();
  const { phase, fn, model = "open" } = spec;
  const segment = spec.model === "closed" ? undefined : spec.segment;
  const part = segment ? `-${segment.index + 1}of${segment.of}` : "";
  const base = `${LOAD_FILES}${phase}-${fn}-${model}${part}`.replaceAll(/[^\w./-]/g, "_");
  const files = { script: `${base}.js`, body: `${base}.body`, log: `${base}.log` };
  const remove = () => tester.exec(["rm", "-f", ...Object.values(files)], { allowFailure: true });
  await remove();
  await tester.writeFile(files.script, await bundled(k6Script(spec)));
  if (spec.bodyFile !== undefined) await tester.writeFile(files.body, await readFile(spec.bodyFile));
  const { argv, env, deadlineMs } = k6Command(spec, files);

  const samples: Sample[] = [];
  const mover = spec.model === "closed" ? undefined : new SlotMover(spec.ratePerSecond / (segment?.of ?? 1));
  const where = `${tester.name}: ${spec.fn} in phase ${spec.phase}`;
  const reader = new SampleReader({
    plans: [planOf(spec)],
    source: `k6 output of ${where}`,
    onDrop: (at) => mover?.dropped(at),
    onSample(read) {
      const sample = mover?.move(read) ?? read;
      samples.push(sample);
      onSample?.(sample);
    },
  });
  const raw = await rawLines(rawFile);
  let damage: { error: unknown } | undefined;
  let ended: ExecResult;
  try {
    ended = await tester.exec([...streamer, k6Path, ...argv], {
      env,
      timeoutMs: deadlineMs,
      allowFailure: true,
      onLine(line) {
        raw.write(line);
        try {
          if (!damage) reader.line(line);
        } catch (error) {
          damage = { error };
        }
      },
      ...(signal && { signal }),
    });
  } finally {
    await raw.end();
  }
  const { exitCode, stderr } = ended;
  const log = exitCode === 0 ? "" : await tester.readFile(files.log).then(String, () => "");
  await remove();
  const failure = signal?.aborted
    ? (signal.reason as unknown)
    : (k6Failure(exitCode, `${stderr}\n${log}`, where) ?? damage?.error);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a signal's reason is whatever it was aborted with
  if (failure !== undefined) throw failure;

  const { accounts, truncated, strays } = reader.finish();
  if (truncated || strays > 0)
    throw rigError(
      "k6-output",
      `k6's output ${truncated ? "is cut off" : `has ${strays} points of another load`}`,
      {
        where: rawFile,
        expected: "the whole output of one load",
      },
    );
  const { account, unaccounted } = accounts[0]!;
  if (spec.model === "closed") {
    const ordered = samples.toSorted((a, b) => a.startedAt - b.startedAt);
    return {
      samples: ordered,
      account: { ...account, ...achieved(ordered, spec.thinkMs, spec.steps) },
      unaccounted,
      rawFile,
    };
  }
  return { samples: samples.toSorted((a, b) => a.intendedAt - b.intendedAt), account, unaccounted, rawFile };
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
    const { ratePerSecond, durationMs, arrivals = "spread" } = spec;
    return { phase, fn, model: "open", arrivals, ratePerSecond, durationMs };
  }
  const { users, thinkMs, until } = spec;
  return { phase, fn, model: "closed", users, thinkMs, ...("iterations" in until ? until : {}) };
};
