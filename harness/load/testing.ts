import { execa } from "execa";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { projectFile } from "../project.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import { cacheFolder } from "../toolchain/cache-folder.ts";

/** k6 from EDGEPROOF_TOOL_K6, or the newest one in the toolchain's cache. */
const findK6 = async (): Promise<string | undefined> => {
  const given = process.env.EDGEPROOF_TOOL_K6;
  if (given) return given;
  const names = await readdir(cacheFolder(), { recursive: true }).catch(() => []);
  const found = names.filter((name) => /(^|\/)k6$/.test(name)).map((name) => join(cacheFolder(), name));
  for (const file of found)
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  return undefined;
};

/** This machine as the tester. */
export const here = {
  name: "here",
  writeFile: (path, content) => writeFile(path, content),
  readFile: (path) => readFile(path),
  async exec(argv, { env = {}, timeoutMs = 60_000, allowFailure = false, signal, onLine } = {}) {
    const running = execa(argv[0]!, argv.slice(1), {
      env,
      timeout: timeoutMs,
      reject: !allowFailure,
      // An agent interrupts the whole process group.
      detached: true,
      ...(onLine && {
        stdout: [
          "pipe",
          function* (line: unknown) {
            onLine(String(line));
            yield line;
          },
        ],
      }),
    });
    signal?.addEventListener("abort", () => process.kill(-running.pid!, "SIGINT"), { once: true });
    const result = await running;
    return { exitCode: result.exitCode ?? 137, stdout: result.stdout, stderr: result.stderr };
  },
} satisfies Partial<NodeHandle> as unknown as NodeHandle;

/** What passes k6's output on, from its source. */
export const streamer = [
  process.execPath,
  "--import",
  import.meta.resolve("tsx"),
  projectFile("harness/load/k6-stream-main.ts"),
];

/** The functions of fixtures/functions on this machine, for the tests of one `describe`; skipped without k6 or Go. */
export function localFunctions() {
  const running: ChildProcess[] = [];
  const servers: Server[] = [];
  const local = {
    folder: "",
    k6: "",

    /** A function as it runs on pi4-1. */
    startFunction: async (name: string): Promise<{ url: string; process: ChildProcess }> => {
      const identity = {
        POD_NAME: `${name}-1`,
        POD_UID: "uid-1",
        NODE_NAME: "pi4-1",
        DEVICE_CLASS: "pi4",
        PORT: "0",
      };
      const process = spawn(join(local.folder, name), {
        env: identity,
        stdio: ["ignore", "pipe", "inherit"],
      });
      running.push(process);
      const [line] = (await once(process.stdout, "data")) as [Buffer];
      return { url: `http://127.0.0.1:${line.toString().trim().split(":").at(-1)}`, process };
    },

    /** A server that is none of the functions. */
    serve: async (listener: RequestListener): Promise<string> => {
      const server = createServer(listener).listen(0, "127.0.0.1");
      servers.push(server);
      await once(server, "listening");
      return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    },
  };

  before(async function () {
    const found = await findK6();
    const hasGo = (await execa("go", ["version"], { reject: false })).exitCode === 0;
    if (found === undefined || !hasGo) {
      this.test!.title += ` (skipped: ${hasGo ? "no k6 in EDGEPROOF_TOOL_K6 or the toolchain's cache" : "no go"})`;
      this.skip();
    }
    local.k6 = found!;
    local.folder = await mkdtemp(join(tmpdir(), "edgeproof-load-"));
    await execa("go", ["build", "-o", `${local.folder}/`, "./cmd/..."], {
      cwd: projectFile("fixtures/functions"),
      env: { CGO_ENABLED: "0" },
    });
  });
  after(async () => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    for (const process of running) process.kill("SIGKILL");
    if (local.folder) await rm(local.folder, { recursive: true });
  });
  return local;
}
