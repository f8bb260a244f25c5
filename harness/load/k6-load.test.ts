import { expect } from "chai";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { EdgeproofError } from "../errors.ts";
import type { Sample } from "../record/model.ts";
import type { OpenLoad } from "./k6-args.ts";
import { runLoad, type LoadResult } from "./k6-load.ts";
import { slotsOf } from "./segments.ts";
import { spreadLoad } from "./spread-load.ts";
import { here, localFunctions, streamer } from "./testing.ts";

describe("a load", function () {
  this.timeout(60_000);
  const functions = localFunctions();
  const { startFunction, serve } = functions;

  const load = async (changes: Partial<OpenLoad> & { url: string }): Promise<LoadResult> => {
    const spec = {
      phase: "typ",
      fn: "hello-world",
      ratePerSecond: 50,
      durationMs: 2000,
      timeoutMs: 500,
      arrivals: "even" as const,
      ...changes,
    };
    const result = await runLoad(here, spec, {
      k6Path: functions.k6,
      streamer,
      rawFile: join(functions.folder, "raw", "typ.json.gz"),
    });
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

  it("is due somewhere in each period of its rate, so that it beats with nothing else that is periodic", async () => {
    const { url } = await startFunction("hello-world");
    const { samples } = await load({ url, arrivals: "spread" });
    expect(samples).to.have.length(100);
    // The beginning of the first slot is not known: every place in a slot is one of at most 20 ms.
    const places = samples.map(({ intendedAt }, slot) => intendedAt - samples[0]!.intendedAt - slot * 20);
    const first = Math.min(...places);
    const waits = places.map((place) => place - first);
    expect(Math.max(...waits)).to.be.within(18, 20);
    for (const quarter of [0, 1, 2, 3])
      expect(waits.filter((wait) => Math.floor(wait / 5) === quarter)).to.have.length.within(12, 40);
    // A wait ends when it is due, give or take the machine's own lateness; never before.
    const late = samples.map(({ startedAt, intendedAt }) => startedAt - intendedAt).sort((a, b) => a - b);
    expect(late[0]).to.be.at.least(0);
    expect(late[50]).to.be.below(20);
    const again = await load({ url, arrivals: "spread" });
    for (const [slot, { intendedAt }] of again.samples.entries())
      expect(intendedAt - again.samples[0]!.intendedAt).to.be.closeTo(
        waits[slot]! - waits[0]! + slot * 20,
        0.01,
      );
  });

  it("hands samples over while it goes on, and keeps what k6 wrote about them", async () => {
    const { url } = await startFunction("hello-world");
    const rawFile = join(functions.folder, "streamed.json.gz");
    const seen: { sample: Sample; at: number }[] = [];
    const result = await runLoad(
      here,
      { phase: "typ", fn: "hello-world", url, ratePerSecond: 20, durationMs: 3000 },
      {
        ...{ k6Path: functions.k6, streamer, rawFile },
        onSample: (sample) => seen.push({ sample, at: Date.now() }),
      },
    );
    expect(seen.map(({ sample }) => sample)).to.have.deep.members(result.samples);
    // Long before the last one was sent.
    const last = Math.max(...result.samples.map(({ startedAt }) => startedAt));
    expect(seen[0]!.at).to.be.below(last - 500);
    const raw = gunzipSync(readFileSync(rawFile)).toString().split("\n");
    expect(
      raw.filter(
        (line) =>
          line.includes('"edgeproof_request","type":"Point"') ||
          /"type":"Point".*"edgeproof_request"/.test(line),
      ),
    ).to.have.length(60);
  });

  it("keeps a rate below one a second", async () => {
    const { url } = await startFunction("hello-world");
    const { samples } = await load({ url, ratePerSecond: 0.8, durationMs: 2500 });
    expect(samples).to.have.length(2);
    expect(samples[1]!.intendedAt - samples[0]!.intendedAt).to.be.closeTo(1250, 0.01);
  });

  /** Of 101 slots. */
  const shared = {
    ...{ phase: "typ", fn: "hello-world" },
    ...{ ratePerSecond: 50, durationMs: 2020, timeoutMs: 500 },
  };

  it("is offered by several processes as by one: every slot once, evenly, and every request accounted for", async () => {
    const { url } = await startFunction("hello-world");
    const rawFile = join(functions.folder, "raw", "spread.json.gz");
    const { samples, account, unaccounted } = await spreadLoad(
      [here],
      { ...shared, url, instances: 3 },
      { k6Path: functions.k6, streamer, rawFile },
    );
    expect(account).to.include({ planned: 101, offered: 101, completed: 101, dropped: 0, ratePerSecond: 50 });
    expect([samples.length, unaccounted]).to.deep.equal([101, 0]);
  });

  it("is offered by a process on each tester, where nothing else is asked for", async () => {
    const { url } = await startFunction("hello-world");
    const rawFile = join(functions.folder, "raw", "testers.json.gz");
    const { account } = await spreadLoad(
      [here, here],
      { ...shared, url },
      { k6Path: functions.k6, streamer, rawFile },
    );
    expect(account).to.include({ planned: 101, offered: 101, completed: 101, dropped: 0 });
    for (const part of ["1of2", "2of2"])
      expect(existsSync(join(functions.folder, "raw", `testers.${part}.json.gz`))).to.equal(true);
  });

  it("is offered by one process of three in that one's own slots only, exactly", async () => {
    const { url } = await startFunction("hello-world");
    const rawFile = join(functions.folder, "raw", "part.json.gz");
    const part = { index: 1, of: 3 };
    const { samples, account } = await runLoad(
      here,
      { ...shared, url, segment: part, arrivals: "even" },
      { k6Path: functions.k6, streamer, rawFile },
    );
    expect([account.offered, samples.length]).to.deep.equal([slotsOf(101, part), 34]);
    for (const [index, { intendedAt }] of samples.entries())
      expect(intendedAt - samples[0]!.intendedAt).to.be.closeTo(index * 60, 0.01);
  });

  it("ends early when it is aborted", async () => {
    const { url } = await startFunction("hello-world");
    const began = Date.now();
    const error: unknown = await runLoad(
      here,
      { phase: "typ", fn: "hello-world", url, ratePerSecond: 10, durationMs: 30_000 },
      {
        k6Path: functions.k6,
        streamer,
        rawFile: join(functions.folder, "aborted.json.gz"),
        signal: AbortSignal.timeout(1000),
      },
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

    const strange = await load({ url: await serve((_, answer) => answer.end("hello from a proxy")) });
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

  it("says why k6 failed", async () => {
    const spec = {
      phase: "typ",
      fn: "x",
      url: "http://127.0.0.1:1",
      ratePerSecond: 1,
      durationMs: 1000,
      vus: -1,
    };
    const error: unknown = await runLoad(here, spec, {
      k6Path: functions.k6,
      streamer,
      rawFile: join(functions.folder, "x.gz"),
    }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(EdgeproofError);
    expect((error as EdgeproofError).exitCode).to.equal(3);
    expect((error as EdgeproofError).format()).to.match(
      /k6 ended with 107: the script threw an exception[^]*EP_VUS/,
    );
  });
});
