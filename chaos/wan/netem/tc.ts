import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { JITTER_SHAPES, standardDeviates, type JitterShape } from "../impairment/jitter-shape.ts";
import { runProgram } from "../run-program.ts";

/** Where tc finds our tables (`TC_LIB_DIR`, iproute2's tc/tc_util.c). */
const TABLES = "/run/edgeproof/tc";

/** One sd in a table of deviates (`NETEM_DIST_SCALE`, linux/pkt_sched.h); entries have 16 bits. */
const SCALE = 8192;
const ENTRIES = 4096;

export const tableName = (shape: JitterShape): string => `edgeproof-${shape}`;

/**
 * A distribution as tc reads it. All shapes have a table of ours: iproute2's pareto has an sd of 0.82, there is none for
 * uniform, and a netem keeps its table when a `change` brings none, so that it could not go back to uniform.
 */
function distributionTable(shape: JitterShape): string {
  const clip = (value: number): number => Math.max(-32_768, Math.min(32_767, Math.round(value * SCALE)));
  return `# ${tableName(shape)}: mean 0, sd 1\n${standardDeviates(shape, ENTRIES).map(clip).join("\n")}\n`;
}

let written: Promise<void> | undefined;

async function writeTables(): Promise<void> {
  await mkdir(TABLES, { recursive: true });
  for (const shape of JITTER_SHAPES) {
    const path = `${TABLES}/${tableName(shape)}.dist`;
    if (existsSync(path)) continue;
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, distributionTable(shape));
    await rename(draft, path);
  }
}

/** Runs tc with our tables of distributions; `by` is a program that runs it. */
export async function tc(words: readonly string[], stdin = "", by: readonly string[] = []): Promise<string> {
  await (written ??= writeTables());
  return runProgram([...by, "tc", ...words], stdin, { TC_LIB_DIR: TABLES });
}

/** One tc process for many commands; the words never hold blanks (interface names, addresses, numbers). */
export const tcBatch = (commands: readonly (readonly string[])[], by?: readonly string[]): Promise<string> =>
  tc(["-batch", "-"], commands.map((words) => `${words.join(" ")}\n`).join(""), by);
