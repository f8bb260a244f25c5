import { expect } from "chai";
import { execa } from "execa";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EdgeproofError } from "../errors.ts";
import { projectFile } from "../project.ts";
import type { NodeHandle } from "../rig/node-handle.ts";
import { cacheFolder } from "../toolchain/cache-folder.ts";
import type { ClosedLoad, OpenLoad } from "./k6-args.ts";
import { runLoad, type LoadResult } from "./k6-load.ts";

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
const here = {
  name: "here",
  writeFile: (path, content) => writeFile(path, content),
  readFile: (path) => readFile(path),
  async exec(argv, { env = {}, timeoutMs = 60_000, allowFailure = false, signal } = {}) {
    const result = await execa(argv[0]!, argv.slice(1), {
      env,
      timeout: timeoutMs,
      reject: !allowFailure,
      ...(signal && { cancelSignal: signal }),
    });
    return { exitCode: result.exitCode ?? 137, stdout: result.stdout, stderr: result.stderr };
  },
} satisfies Partial<NodeHandle> as unknown as NodeHandle;

describe("a load", function () {
  this.timeout(60_000);
  let folder: string;
  let k6: string;
  const running: ChildProcess[] = [];
  const servers: Server[] = [];

  before(async function () {
    const found = await findK6();
    const hasGo = (await execa("go", ["version"], { reject: false })).exitCode === 0;
    if (found === undefined || !hasGo) {
      this.test!.title += ` (skipped: ${hasGo ? "no k6 in EDGEPROOF_TOOL_K6 or the toolchain's cache" : "no go"})`;
      this.skip();
    }
    k6 = found!;
    folder = await mkdtemp(join(tmpdir(), "edgeproof-load-"));
    const out = `${folder}/`;
    await execa("go", ["build", "-o", out, "./cmd/..."], {
      cwd: projectFile("fixtures/functions"),
      env: { CGO_ENABLED: "0" },
    });
  });
  after(async () => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    for (const process of running) process.kill("SIGKILL");
    if (folder) await rm(folder, { recursive: true });
  });

  const startFunction = async (name: string): Promise<{ url: string; process: ChildProcess }> => {
    const identity = {
      POD_NAME: `${name}-1`,
      POD_UID: "uid-1",
      NODE_NAME: "pi4-1",
      DEVICE_CLASS: "pi4",
      PORT: "0",
    };
    const process = spawn(join(folder, name), { env: identity, stdio: ["ignore", "pipe", "inherit"] });
    running.push(process);
    const [line] = (await once(process.stdout, "data")) as [Buffer];
    return { url: `http://127.0.0.1:${line.toString().trim().split(":").at(-1)}`, process };
  };
  const load = async (changes: Partial<OpenLoad> & { url: string }): Promise<LoadResult> => {
    const spec = {
      phase: "typ",
      fn: "hello-world",
      ratePerSecond: 50,
      durationMs: 2000,
      timeoutMs: 500,
      ...changes,
    };
    const result = await runLoad(here, spec, { k6Path: k6, rawFile: join(folder, "raw", "typ.json.gz") });
    const { offered, completed, failed, timedOut, dropped, planned } = result.account;
    expect(result.unaccounted).to.equal(0);
    expect(offered).to.equal(completed + failed + timedOut + dropped);
    expect(result.samples).to.have.length(offered - dropped);
    expect(offered).to.equal(planned);
    return result;
  };

  it("is accounted for to the last request, with each answer's origin", async () => {
    const { url } = await startFunction("hello-world");
    const { samples, account } = await load({ url });
    expect(account.completed).to.equal(account.offered);
    for (const [index, sample] of samples.entries()) {
      expect(sample).to.include({
        phase: "typ",
        fn: "hello-world",
        outcome: "completed",
        status: 200,
        errorCode: 0,
      });
      expect(sample).to.include({ pod: "uid-1", node: "pi4-1", deviceClass: "pi4" });
      expect(sample.intendedAt - samples[0]!.intendedAt).to.be.closeTo(index * 20, 0.01);
      expect(sample.durationMs).to.be.within(sample.startedAt - sample.intendedAt, 1000);
    }
  });

  it("keeps a rate below one a second", async () => {
    const { url } = await startFunction("hello-world");
    const { samples } = await load({ url, ratePerSecond: 0.8, durationMs: 2500 });
    expect(samples).to.have.length(2);
    expect(samples[1]!.intendedAt - samples[0]!.intendedAt).to.be.closeTo(1250, 0.01);
  });

  it("ends early when it is aborted", async () => {
    const { url } = await startFunction("hello-world");
    const began = Date.now();
    const error: unknown = await runLoad(
      here,
      { phase: "typ", fn: "hello-world", url, ratePerSecond: 10, durationMs: 30_000 },
      { k6Path: k6, rawFile: join(folder, "aborted.json.gz"), signal: AbortSignal.timeout(1000) },
    ).catch((reason: unknown) => reason);
    expect((error as Error).name).to.equal("TimeoutError");
    expect(Date.now() - began).to.be.below(10_000);
  });

  it("checks what an echo sends back", async () => {
    const { url } = await startFunction("payload-echo");
    const { account } = await load({ url, fn: "payload-echo", bodyBytes: 10_240 });
    expect(account.completed).to.equal(account.offered);
  });

  it("counts a hung function's requests as timed out", async () => {
    const { url, process } = await startFunction("hello-world");
    process.kill("SIGSTOP");
    const { samples, account } = await load({ url });
    expect(account.timedOut).to.equal(account.offered);
    for (const sample of samples) {
      expect(sample).to.include({ outcome: "timed-out", status: 0, errorCode: 1050, pod: "" });
      expect(sample.durationMs).to.be.within(500, 1500);
    }
  });

  it("counts refused connections, error statuses and strangers' answers as failed", async () => {
    const { url, process } = await startFunction("hello-world");
    process.kill("SIGKILL");
    await once(process, "exit");
    const down = await load({ url });
    expect(down.account.failed).to.equal(down.account.offered);
    expect(down.samples[0]).to.include({ outcome: "failed", status: 0, errorCode: 1212 });

    const fib = await startFunction("fib");
    const bad = await load({ url: `${fib.url}/?n=99`, fn: "fib" });
    expect(bad.account.failed).to.equal(bad.account.offered);
    expect(bad.samples[0]).to.include({ outcome: "failed", status: 400 });

    const stranger = createServer((_, answer) => answer.end("hello from a proxy")).listen(0, "127.0.0.1");
    servers.push(stranger);
    await once(stranger, "listening");
    const strange = await load({ url: `http://127.0.0.1:${(stranger.address() as { port: number }).port}` });
    expect(strange.account.failed).to.equal(strange.account.offered);
    expect(strange.samples[0]).to.include({ outcome: "failed", status: 200, errorCode: 0 });
  });

  it("counts what found no virtual user as dropped, without blaming the requests after it", async () => {
    const { url, process } = await startFunction("hello-world");
    process.kill("SIGSTOP");
    const { samples, account } = await load({ url, vus: 5 });
    // Five users, each busy for 500 ms: ten requests a second of fifty.
    expect(account.dropped).to.be.within(0.7 * account.offered, 0.9 * account.offered);
    for (const { startedAt, intendedAt, durationMs } of samples) {
      expect(startedAt - intendedAt).to.be.within(0, 200);
      expect(durationMs).to.be.within(500, 1000);
    }
  });

  describe("of a closed model", () => {
    const closed = async (changes: Partial<ClosedLoad> & { url: string }): Promise<LoadResult> => {
      const spec: ClosedLoad = {
        ...{ phase: "typ", fn: "hello-world", timeoutMs: 500 },
        ...{ model: "closed", users: 1, thinkMs: 20, until: { iterations: 5 } },
        ...changes,
      };
      const rawFile = join(folder, "raw", "typ-closed.json.gz");
      const result = await runLoad(here, spec, { k6Path: k6, rawFile });
      expect(result.unaccounted).to.equal(0);
      expect(result.account).to.include({ model: "closed", dropped: 0, offered: result.samples.length });
      for (const sample of result.samples) {
        expect(sample.model).to.equal("closed");
        expect(sample.intendedAt).to.equal(sample.startedAt);
      }
      return result;
    };

    it("has each user think, ask, and wait, for so many iterations", async () => {
      const { url } = await startFunction("hello-world");
      const { samples, account } = await closed({ url, users: 2, thinkMs: 50, until: { iterations: 6 } });
      expect(account).to.include({ planned: 12, offered: 12, completed: 12, users: 2, thinkMs: 50 });
      expect(samples[0]).to.include({ outcome: "completed", pod: "uid-1", deviceClass: "pi4" });
      // Two users who think for 50 ms ask less than 40 times a second.
      expect(account.ratePerSecond).to.be.within(5, 40);
      expect(account.durationMs).to.be.at.least(6 * 50);
      for (const { durationMs } of samples) expect(durationMs).to.be.within(0.01, 500);
    });

    it("ends after a time, with nothing planned and nothing sent later", async () => {
      const { url } = await startFunction("hello-world");
      const { samples, account } = await closed({
        ...{ url, users: 3, thinkMs: 150 },
        until: { durationMs: 1000 },
      });
      expect(account.planned).to.equal(account.offered);
      expect(account.offered).to.be.within(3, 18);
      const starts = samples.map(({ startedAt }) => startedAt);
      expect(Math.max(...starts) - Math.min(...starts)).to.be.below(1000);
    });

    it("takes a chain by the client for one sample, without the think times in it, of no one place", async () => {
      const { url } = await startFunction("chain");
      const chain = { url, fn: "chain", steps: 4, bodyBytes: 64, thinkMs: 100, until: { iterations: 2 } };
      const { samples, account } = await closed(chain);
      expect(account).to.include({ planned: 2, completed: 2 });
      for (const { durationMs, node, pod } of samples) {
        expect(durationMs).to.be.below(300);
        expect({ node, pod }).to.deep.equal({ node: "", pod: "" });
      }
      // 100 ms before each of the four steps, twice.
      expect(account.durationMs).to.be.at.least(700);
    });

    it("sends a file", async () => {
      const { url } = await startFunction("image");
      const bodyFile = projectFile("fixtures/functions/cmd/image/sample.jpg");
      const { account } = await closed({
        url,
        fn: "image",
        bodyFile,
        timeoutMs: 5000,
        until: { iterations: 1 },
      });
      expect(account.completed).to.equal(1);
    });

    it("does not see the requests that a stall keeps from being sent, as an open one does", async () => {
      const STALL_MS = 600;
      let answered = 0;
      let stallEnds = 0;
      const stalling = createServer((_, answer) => {
        if (++answered === 10) stallEnds = Date.now() + STALL_MS;
        answer.setHeader("Edgeproof-Pod-Uid", "uid-1").setHeader("Edgeproof-Process-Start", "0");
        setTimeout(() => answer.end(), Math.max(0, stallEnds - Date.now()));
      }).listen(0, "127.0.0.1");
      servers.push(stalling);
      await once(stalling, "listening");
      const url = `http://127.0.0.1:${(stalling.address() as { port: number }).port}`;
      const slow = ({ samples }: LoadResult): number =>
        samples.filter(({ durationMs }) => durationMs > STALL_MS / 6).length;
      const one = await closed({ url, timeoutMs: 5000, until: { iterations: 40 } });
      expect(slow(one)).to.equal(1);
      answered = 0;
      const other = await load({ url, timeoutMs: 5000, ratePerSecond: 40, durationMs: 1500 });
      expect(slow(other)).to.be.above(8);
    });
  });

  it("says why k6 failed", async () => {
    const spec = {
      phase: "typ",
      fn: "x",
      url: "http://127.0.0.1:1",
      ratePerSecond: 1,
      durationMs: 1000,
      vus: -1,
    };
    const error: unknown = await runLoad(here, spec, { k6Path: k6, rawFile: join(folder, "x.gz") }).catch(
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(EdgeproofError);
    expect((error as EdgeproofError).exitCode).to.equal(3);
    expect((error as EdgeproofError).format()).to.match(
      /k6 ended with 107: the script threw an exception[^]*EP_VUS/,
    );
  });
});
