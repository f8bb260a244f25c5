import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A real broker on the loopback. */
export interface Broker {
  port: number;
  stop(): Promise<void>;
}

const READY_MS = 10_000;

/** Runs a program until it prints what `ready` matches; its first group is the port. */
async function start(
  program: string,
  args: (folder: string) => Promise<string[]>,
  ready: RegExp,
): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), "edgeproof-broker-"));
  const child: ChildProcess = spawn(program, await args(folder), { stdio: ["ignore", "ignore", "pipe"] });
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
    program,
    (folder) => Promise.resolve(["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", folder]),
    /Listening for client connections on 127\.0\.0\.1:(\d+)[^]*Server is ready/,
  );

/** Debian puts it where root's programs are. Undefined where it is not installed. */
export const findMosquitto = (): string | undefined =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
    .map((folder) => join(folder, "mosquitto"))
    .find((path) => existsSync(path));

export const startMosquitto = (program: string, port: number): Promise<Broker> =>
  start(
    program,
    async (folder) => {
      const file = join(folder, "mosquitto.conf");
      await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\n`);
      return ["-c", file];
    },
    // It does not say more than that it runs, and the port is known.
    new RegExp(`(?:listen socket on port )(${port})[^]*running`),
  );
