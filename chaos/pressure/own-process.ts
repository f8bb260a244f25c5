import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { allProcesses, readProcess } from "./proc.ts";

/** On a file system that a boot empties, as a boot ends the processes. */
const FOLDER = "/run/edgeproof/pressure";
const READY_TIMEOUT_MS = 60_000;
/** Printed by `run` once the pressure is there. */
export const READY = "in force";

interface Record {
  pid: number;
  startTicks: number;
}

const fileOf = (name: string): string => `${FOLDER}/${encodeURIComponent(name)}.json`;

const recorded = (name: string): Record | undefined => {
  try {
    return JSON.parse(readFileSync(fileOf(name), "utf8")) as Record;
  } catch {
    return undefined;
  }
};

const alive = ({ pid, startTicks }: Record): boolean => {
  const found = readProcess(pid);
  return found?.startTicks === startTicks && !/[ZX]/.test(found.state);
};

/** Whether the process is the load of this name: `node pressure.mjs run NAME ...`. */
export const isLoad = (argv: readonly string[], name: string): boolean =>
  /pressure\.[mt]js$|pressure\/main\.ts$/.test(argv.at(-4) ?? "") &&
  argv.at(-3) === "run" &&
  argv.at(-2) === name;

/**
 * Starts the load as a process of its own that outlives this one, and resolves when the pressure is there. One that runs
 * under the name already is ended first. The load ends with its machine's agent, when it is asked to, or by `stop`.
 */
export async function start(name: string, spec: string): Promise<void> {
  await stop(name);
  const program = process.argv[1] ?? "";
  const child = spawn(process.execPath, [...process.execArgv, program, "run", name, spec], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, EDGEPROOF_PRESSURE_PARENT: String(process.ppid) },
  });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-500)));
  const facts = child.pid === undefined ? undefined : readProcess(child.pid);
  if (facts) {
    mkdirSync(dirname(fileOf(name)), { recursive: true, mode: 0o700 });
    writeFileSync(`${fileOf(name)}.new`, JSON.stringify({ pid: facts.pid, startTicks: facts.startTicks }));
    renameSync(`${fileOf(name)}.new`, fileOf(name));
  }
  const limit = AbortSignal.timeout(READY_TIMEOUT_MS);
  const ready = once(child.stdout, "data", { signal: limit }).then(() => true);
  const over = once(child, "exit", { signal: limit }).then(() => false);
  const came = await Promise.race([ready, over]).catch(() => false);
  if (!came) {
    await stop(name);
    throw new Error(`the load did not begin: ${words.trim() || "it ended without a word"}`);
  }
  child.unref();
  child.stdout.destroy();
  child.stderr.destroy();
}

/** Ends the load of this name and forgets it. Nothing if there is none. */
export async function stop(name: string): Promise<void> {
  const known = recorded(name);
  // One that was started while the file could not be written is found by its arguments.
  const strays = [...allProcesses()].filter(({ argv }) => isLoad(argv, name));
  const all = [...(known && alive(known) ? [known] : []), ...strays];
  for (const one of all) if (alive(one)) process.kill(one.pid, "SIGKILL");
  for (const one of all) while (alive(one)) await delay(10);
  rmSync(fileOf(name), { force: true });
}
