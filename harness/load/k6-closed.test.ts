import { expect } from "chai";
import { join } from "node:path";
import { projectFile } from "../project.ts";
import type { ClosedLoad } from "./k6-args.ts";
import { runLoad, type LoadResult } from "./k6-load.ts";
import { here, localFunctions, streamer } from "./testing.ts";

describe("a closed load", function () {
  this.timeout(60_000);
  const functions = localFunctions();
  const { startFunction, serve } = functions;

  const closed = async (changes: Partial<ClosedLoad> & { url: string }): Promise<LoadResult> => {
    const spec: ClosedLoad = {
      ...{ phase: "typ", fn: "hello-world", timeoutMs: 500 },
      ...{ model: "closed", users: 1, thinkMs: 20, until: { iterations: 5 } },
      ...changes,
    };
    const rawFile = join(functions.folder, "raw", "typ-closed.json.gz");
    const result = await runLoad(here, spec, { k6Path: functions.k6, streamer, rawFile });
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
    const url = await serve((_, answer) => {
      if (++answered === 10) stallEnds = Date.now() + STALL_MS;
      answer.setHeader("Edgeproof-Pod-Uid", "uid-1").setHeader("Edgeproof-Process-Start", "0");
      setTimeout(() => answer.end(), Math.max(0, stallEnds - Date.now()));
    });
    const slow = ({ samples }: LoadResult): number =>
      samples.filter(({ durationMs }) => durationMs > STALL_MS / 6).length;
    const one = await closed({ url, timeoutMs: 5000, until: { iterations: 40 } });
    // The one that met it; a busy host may add one or two.
    expect(slow(one)).to.be.within(1, 3);
    answered = 0;
    const spec = { phase: "typ", fn: "hello-world", url, ratePerSecond: 40, durationMs: 1500 };
    const rawFile = join(functions.folder, "raw", "typ.json.gz");
    const other = await runLoad(here, spec, { k6Path: functions.k6, streamer, rawFile });
    expect(slow(other)).to.be.above(8);
  });
});
