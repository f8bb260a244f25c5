import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { execa } from "execa";

import { rigError } from "../errors.ts";
import { lives, markOf } from "../rig/process-mark.ts";
import { removeEmptyFolders } from "../rig/rig-state.ts";
import { stateFolder } from "../state-folder.ts";
import { findProgram } from "./find-program.ts";
import { type NetworkSnapshot, restoreSnapshot, takeSnapshot } from "./network-snapshot.ts";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

interface EngineRecord {
  pid: number;
  /** Field 22 of /proc/PID/stat: tells the process from a later one with the same id. */
  startTime: string;
  network: NetworkSnapshot;
}

const folder = (): string => join(stateFolder(), "engine");
const recordFile = (): string => join(folder(), "engine.json");

export async function engineAnswers(): Promise<boolean> {
  const done = await execa("docker", ["version", "--format", "{{.Server.Version}}"], {
    reject: false,
    timeout: 10_000,
  });
  return !done.failed && done.stdout.trim() !== "";
}

/**
 * On cgroup v1 with real-time group scheduling a container may use real-time priority only from a budget of the
 * engine's own group; the WAN engine's packet thread wants it. Elsewhere the capability is enough.
 */
const realtimeArguments = (): string[] =>
  existsSync("/sys/fs/cgroup/cpu/cpu.rt_runtime_us")
    ? ["--cpu-rt-runtime=900000", "--cpu-rt-period=1000000"]
    : [];

/** Starts dockerd and remembers that it is ours, before it changes anything on the host's network. */
export async function startEngine(signal?: AbortSignal, before?: NetworkSnapshot): Promise<void> {
  const program = findProgram("dockerd");
  if (!program)
    throw rigError("NO_DOCKERD", "dockerd is not installed", { fix: "apt-get install docker.io" });
  mkdirSync(folder(), { recursive: true, mode: 0o700 });
  const network = before ?? (await takeSnapshot());
  const logFile = join(folder(), "dockerd.log");
  const log = openSync(logFile, "w", 0o600);
  const child = spawn(program, realtimeArguments(), { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const exited = new Promise<number | string>((resolve) =>
    child.once("exit", (code, signalName) => resolve(code ?? signalName ?? "?")),
  );
  const pid = child.pid;
  if (pid === undefined) throw rigError("DOCKERD_START", "dockerd could not be started", { where: program });
  const record: EngineRecord = { pid, startTime: markOf(pid)?.started ?? "", network };
  writeFileSync(recordFile(), JSON.stringify(record), { mode: 0o600 });
  child.unref();
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (existsSync("/var/run/docker.sock") && (await engineAnswers())) return;
    const ended = await Promise.race([exited, delay(POLL_MS)]);
    if (ended !== undefined || Date.now() > deadline || signal?.aborted) {
      const tail = readFileSync(logFile, "utf8").split("\n").slice(-8).join("\n");
      await stopOwnEngine();
      throw rigError(
        "DOCKERD_START",
        ended === undefined ? "dockerd does not answer" : `dockerd exited with ${ended}`,
        {
          where: program,
          fix: "start a Docker Engine by hand; the cause below is dockerd's own",
          cause: new Error(tail),
        },
      );
    }
  }
}

/** Stops the dockerd that edgeproof started, if it still runs, and undoes what it did to the host's network. */
export async function stopOwnEngine(): Promise<boolean> {
  if (!existsSync(recordFile())) return false;
  const { pid, startTime: started, network } = JSON.parse(readFileSync(recordFile(), "utf8")) as EngineRecord;
  const runs = (): boolean => lives({ pid, started });
  if (runs()) process.kill(pid, "SIGTERM");
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (runs()) {
    if (Date.now() > deadline) process.kill(pid, "SIGKILL");
    await delay(POLL_MS);
  }
  await restoreSnapshot(network);
  rmSync(folder(), { recursive: true, force: true });
  removeEmptyFolders(dirname(folder()));
  return true;
}

/**
 * Starts the engine anew that edgeproof had started and that is gone. What the host's network was before the first of
 * them stays what the last one's end puts back.
 */
export async function restartOwnEngine(signal?: AbortSignal): Promise<void> {
  const { network } = JSON.parse(readFileSync(recordFile(), "utf8")) as EngineRecord;
  await startEngine(signal, network);
}

/** True when edgeproof started the engine that runs. */
export const ownsEngine = (): boolean => existsSync(recordFile());
