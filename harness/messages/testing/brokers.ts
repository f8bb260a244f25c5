import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";

import { MOSQUITTO } from "../../rig/workloads/mosquitto.ts";
import { withDebianProgram } from "../../rig/workloads/debian-program.ts";
import { findProgram } from "../../setup/find-program.ts";
import { cacheFolder } from "../../toolchain/cache-folder.ts";
import { nodeTarget } from "../../toolchain/node-target.ts";

/** A real broker on the loopback. */
export interface Broker {
  port: number;
  stop(): Promise<void>;
}

const READY_MS = 10_000;

/** Runs a program until it prints what `ready` matches; its first group is the port. */
async function start(
  [program, ...first]: Command,
  args: (folder: string) => Promise<string[]>,
  ready: RegExp,
): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "edgeproof-broker-"));
  const child: ChildProcess = spawn(program, [...first, ...(await args(folder))], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  };
  let log = "";
  try {
    const port = await new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${program} is not ready: ${log}`)), READY_MS);
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`${program} ended: ${log}`)));
      child.stderr?.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        const found = ready.exec(log)?.[1];
        if (found === undefined) return;
        clearTimeout(late);
        resolve(Number(found));
      });
    });
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const startNats = (program: string): Promise<Broker> =>
  start(
    [program],
    (folder) => Promise.resolve(["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", folder]),
    /Listening for client connections on 127\.0\.0\.1:(\d+)[^]*Server is ready/,
  );

/** A program with the arguments that it needs before its own. */
export type Command = readonly [string, ...string[]];

/**
 * The installed one, which Debian puts where root's programs are; else Debian's package, fetched once and kept beside the
 * toolchain. Undefined where there is neither it nor what fetches it: debootstrap, as root.
 */
export async function findMosquitto(): Promise<Command | undefined> {
  const installed = findProgram("mosquitto");
  if (installed !== undefined) return [installed];
  if (findProgram("debootstrap") === undefined || process.getuid?.() !== 0) return undefined;
  const folder = join(cacheFolder(), "debian-programs", `${MOSQUITTO.package}-${MOSQUITTO.suite}`);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    await withDebianProgram(MOSQUITTO, nodeTarget(process.arch), async (entries) => {
      for (const { path, content } of entries) {
        if (content === undefined || content instanceof Uint8Array) continue;
        await mkdir(join(draft, dirname(path)), { recursive: true });
        await copyFile(content.file, join(draft, path));
        await chmod(join(draft, path), 0o755);
      }
      await rename(draft, folder);
    }).finally(() => rm(draft, { recursive: true, force: true }));
  }
  const files = await readdir(folder, { recursive: true });
  const loader = files.find((path) => /(^|\/)ld-linux[^/]*$/.test(path));
  if (loader === undefined) throw new Error(`${folder} has no loader`);
  const libraries = [...new Set(files.filter((path) => path.includes(".so")).map((path) => dirname(path)))];
  const search = libraries.map((path) => join(folder, path)).join(":");
  return [join(folder, loader), "--library-path", search, join(folder, MOSQUITTO.program)];
}

export const startMosquitto = (command: Command, port: number): Promise<Broker> =>
  start(
    command,
    async (folder) => {
      const file = join(folder, "mosquitto.conf");
      const account = userInfo().username;
      await writeFile(
        file,
        `listener ${port} 127.0.0.1\nallow_anonymous true\nuser ${account}\nlog_dest stderr\n`,
      );
      return ["-c", file];
    },
    // It does not say more than that it runs, and the port is known.
    new RegExp(`(?:listen socket on port )(${port})[^]*running`),
  );
