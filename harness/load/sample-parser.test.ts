import { expect } from "chai";
import fc from "fast-check";
import { EdgeproofError } from "../errors.ts";
import type { Sample } from "../record/model.ts";
import { type LoadPlan, type ParsedLoad, SampleReader } from "./sample-parser.ts";

const plan = {
  phase: "typ",
  fn: "hello-world",
  model: "open",
  ratePerSecond: 20,
  durationMs: 200,
} satisfies LoadPlan;

const request = (changes: Record<string, string> = {}, value = 12.34): string =>
  JSON.stringify({
    metric: "edgeproof_request",
    type: "Point",
    data: {
      time: "2026-01-31T12:00:00.123456789Z",
      value,
      tags: {
        device_class: "pi4",
        error_code: "0",
        fn: "hello-world",
        group: "",
        intended: "1769860800100",
        node: "pi4-1",
        outcome: "completed",
        phase: "typ",
        pod: "hello-world-7d9c-x2x",
        scenario: "default",
        started: "1769860800101",
        status: "200",
        ...changes,
      },
    },
  });

const counter = (
  metric: string,
  value = 1,
  tags: Record<string, string> | null = { scenario: "default" },
): string => JSON.stringify({ metric, type: "Point", data: { time: "2026-01-31T12:00:00.2Z", value, tags } });

const noise = [
  '{"type":"Metric","data":{"name":"edgeproof_request","type":"trend","contains":"time","thresholds":[],"submetrics":null},"metric":"edgeproof_request"}',
  '{"type":"Metric","data":{"name":"iterations","type":"counter","contains":"default","thresholds":[],"submetrics":null},"metric":"iterations"}',
  '{"metric":"http_req_duration","type":"Point","data":{"time":"2026-01-31T12:00:00.1Z","value":11.9,"tags":{"name":"iterations","status":"200"}}}',
];

const whole = [
  ...noise,
  request(),
  counter("iterations"),
  request(
    { outcome: "timed-out", status: "0", error_code: "1050", pod: "", node: "", device_class: "" },
    5000,
  ),
  counter("iterations"),
  request({ outcome: "failed", status: "503" }),
  counter("iterations"),
  counter("dropped_iterations"),
];

const parse = (
  lines: readonly string[],
  plans: readonly LoadPlan[] = [plan],
): ParsedLoad & { samples: Sample[]; drops: number[] } => {
  const samples: Sample[] = [];
  const drops: number[] = [];
  const reader = new SampleReader({
    plans,
    onSample: (sample) => samples.push(sample),
    onDrop: (at) => drops.push(at),
  });
  for (const line of lines) reader.line(line);
  return { ...reader.finish(), samples, drops };
};

const thrown = (work: () => unknown): EdgeproofError => {
  try {
    work();
  } catch (error) {
    if (error instanceof EdgeproofError) return error;
    throw error;
  }
  throw new Error("an EdgeproofError was expected");
};

describe("the parser of k6's output", () => {
  it("yields a sample for each request and an account that adds up", () => {
    const { accounts, samples, drops, strays, truncated } = parse(whole);
    expect(accounts).to.deep.equal([
      {
        account: { ...plan, planned: 4, offered: 4, completed: 1, failed: 1, timedOut: 1, dropped: 1 },
        unaccounted: 0,
      },
    ]);
    expect({ strays, truncated }).to.deep.equal({ strays: 0, truncated: false });
    expect(drops).to.deep.equal([Date.UTC(2026, 0, 31, 12, 0, 0, 200)]);
    expect(samples[0]).to.deep.equal({
      phase: "typ",
      fn: "hello-world",
      intendedAt: 1769860800100,
      startedAt: 1769860800101,
      durationMs: 12.34,
      outcome: "completed",
      status: 200,
      errorCode: 0,
      pod: "hello-world-7d9c-x2x",
      node: "pi4-1",
      deviceClass: "pi4",
    });
    expect(samples[1]).to.include({ outcome: "timed-out", status: 0, errorCode: 1050, deviceClass: "" });
  });

  it("reports iterations without a sample and samples without an iteration", () => {
    const lost = parse([...whole, counter("iterations", 2)]);
    expect(lost.accounts[0]).to.deep.include({ unaccounted: 2 });
    const invented = parse([...whole, request()]);
    expect(invented.accounts[0]).to.deep.include({ unaccounted: -1 });
  });

  it("keeps functions of one k6 run apart by their tags, and calls strays what fits none", () => {
    const fib = { ...plan, fn: "fib" };
    const lines = [
      request(),
      counter("iterations", 1, { fn: "hello-world", phase: "typ" }),
      request({ fn: "fib" }),
      counter("iterations", 1, { fn: "fib", phase: "typ" }),
      counter("dropped_iterations", 3, { fn: "fib", phase: "typ" }),
      request({ fn: "other" }),
      counter("iterations", 1, null),
    ];
    const { accounts, strays } = parse(lines, [plan, fib]);
    expect(
      accounts.map(({ account, unaccounted }) => [account.fn, account.offered, unaccounted]),
    ).to.deep.equal([
      ["hello-world", 1, 0],
      ["fib", 4, 0],
    ]);
    expect(strays).to.equal(2);
  });

  it("marks what a closed load measured, and leaves out who was still thinking at the end", () => {
    const closed: LoadPlan = { phase: "typ", fn: "hello-world", model: "closed", users: 2, thinkMs: 250 };
    const lines = [
      ...[request(), counter("iterations"), request(), counter("iterations")],
      ...[counter("edgeproof_skipped"), counter("iterations")],
    ];
    const { accounts, samples } = parse(lines, [closed]);
    expect(samples.map(({ model }) => model)).to.deep.equal(["closed", "closed"]);
    // Nobody planned a number of requests: it is what was offered.
    expect(accounts[0]).to.deep.include({ unaccounted: 0 });
    expect(accounts[0]!.account).to.include({ ...closed, planned: 2, offered: 2, completed: 2 });
    const counted = parse(lines, [{ ...closed, iterations: 3 }]);
    expect(counted.accounts[0]!.account).to.include({ planned: 6, offered: 2 });
  });

  it("takes a last line that was cut off for what it is, and refuses one in the middle", () => {
    const cut = request().slice(0, 80);
    expect(parse([...whole, cut])).to.include({ truncated: true });
    const error = thrown(() => parse([...noise, cut, ...whole]));
    expect([error.code, error.where]).to.deep.equal(["k6-output", "k6 output:4"]);
  });

  it("refuses a sample without its tags, with the line", () => {
    const error = thrown(() => parse([request({ intended: "" })]));
    expect(error.format()).to.contain("k6 output:1").and.to.contain("intendedAt");
    expect(thrown(() => parse([request({ outcome: "ok" })])).message).to.contain("`ok`");
  });

  it("adds up exactly for any mix of outcomes and drops", () => {
    const outcome = fc.constantFrom("completed", "failed", "timed-out");
    const lines = fc.array(fc.oneof(outcome, fc.constant("dropped")), { maxLength: 60 });
    fc.assert(
      fc.property(lines, (mix) => {
        const { accounts, samples } = parse(
          mix.flatMap((kind) =>
            kind === "dropped"
              ? [counter("dropped_iterations")]
              : [request({ outcome: kind }), counter("iterations")],
          ),
        );
        const { offered, completed, failed, timedOut, dropped } = accounts[0]!.account;
        expect(offered).to.equal(mix.length);
        expect(offered).to.equal(completed + failed + timedOut + dropped);
        expect(samples.length).to.equal(mix.length - dropped);
      }),
    );
  });
});
