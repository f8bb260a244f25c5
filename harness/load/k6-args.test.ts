import { expect } from "chai";
import { defaultVus, k6Command, k6Failure, k6Script } from "./k6-args.ts";

const files = { script: "/tmp/s.ts", body: "/tmp/b", log: "/tmp/s.log" };
const spec = {
  phase: "typ",
  fn: "fib",
  url: "http://10.0.0.1/?n=27; rm -rf /",
  ratePerSecond: 20,
  durationMs: 3000,
};

describe("k6's command", () => {
  it("passes what was asked for as environment, never as a script or an option", () => {
    const { argv, env, deadlineMs } = k6Command(spec, files);
    expect(argv[0]).to.equal("run");
    expect(argv.at(-1)).to.equal("/tmp/s.ts");
    expect(argv.join(" ")).to.include("--out json=-").and.not.include(spec.url);
    expect(env).to.include({
      EP_URL: spec.url,
      EP_METHOD: "GET",
      EP_RATE: "20",
      EP_TIMEOUT_MS: "5000",
      EP_VUS: "106",
    });
    expect(deadlineMs).to.be.above(3000 + 5000);
  });

  it("draws a spread load's moments by seed, phase and function, and an even one's not at all", () => {
    const seedOf = (changes: object) => k6Command({ ...spec, ...changes }, files).env.EP_SPREAD_SEED;
    const others = [{}, { seed: 2 }, { fn: "hello-world" }, { phase: "lossy" }].map(seedOf);
    expect(new Set(others)).to.have.lengthOf(4);
    for (const seed of others) expect(Number(seed)).to.be.within(1, 2 ** 32 - 1);
    expect(seedOf({ seed: 1 })).to.equal(others[0]);
    expect(seedOf({ arrivals: "even" })).to.equal(undefined);
  });

  it("names the host where it is not the address", () => {
    expect(k6Command(spec, files).env).to.not.have.property("EP_HOST");
    expect(k6Command({ ...spec, host: "fib.test" }, files).env).to.include({ EP_HOST: "fib.test" });
  });

  it("reports nothing to anyone and opens no port", () => {
    const { argv, env } = k6Command(spec, files);
    expect(argv).to.include.members(["--no-usage-report", "--address=", "--summary-mode=disabled"]);
    expect(env.K6_NO_USAGE_REPORT).to.equal("true");
  });

  it("posts when there is a body", () => {
    const { env } = k6Command({ ...spec, bodyBytes: 1024 }, files);
    expect(env).to.include({ EP_METHOD: "POST", EP_BODY_BYTES: "1024" });
  });

  it("asks a closed model for users, a think time and iterations or a time", () => {
    const closed = {
      phase: "typ",
      fn: "fib",
      url: spec.url,
      model: "closed",
      users: 300,
      thinkMs: 250,
    } as const;
    const timed = k6Command({ ...closed, until: { durationMs: 180_000 } }, files);
    expect(timed.env).to.include({ EP_USERS: "300", EP_THINK_MS: "250", EP_ITERATIONS: "0" });
    expect(timed.env).to.include({ EP_DURATION_MS: "180000" }).and.not.have.any.keys("EP_RATE", "EP_VUS");
    const counted = k6Command({ ...closed, steps: 5, until: { iterations: 100 } }, files);
    expect(counted.env).to.include({ EP_ITERATIONS: "100", EP_STEPS: "5" });
    // Time for every request to time out after every think time.
    expect(counted.deadlineMs).to.be.above(100 * 5 * (250 + 5000));
    expect(k6Script({ ...closed, until: { iterations: 1 } })).to.equal("closed.ts");
    expect(k6Script(spec)).to.equal("function.ts");
  });

  it("posts a file under the name that it has on the tester", () => {
    const { env } = k6Command({ ...spec, bodyFile: "/here/sample.jpg" }, files);
    expect(env).to.include({ EP_METHOD: "POST", EP_BODY_FILE: "/tmp/b", EP_BODY_BYTES: "0" });
  });

  it("has virtual users for every request to time out, up to a limit", () => {
    expect(defaultVus(100, 2000)).to.equal(206);
    expect(defaultVus(1000, 60_000)).to.equal(1000);
  });

  it("has as many for each of several processes, for k6 deals slots out as it deals out users", () => {
    const segment = { index: 1, of: 3 };
    expect(k6Command({ ...spec, segment, vus: 31 }, files).env.EP_VUS).to.equal("33");
    expect(k6Command({ ...spec, vus: 31 }, files).env.EP_VUS).to.equal("31");
  });

  it("turns exit codes into rig errors with k6's last words", () => {
    expect(k6Failure(0, "", "tester")).to.equal(undefined);
    const error = k6Failure(107, "a\nb\nc\nReferenceError: x\n", "tester: fib in phase typ")!;
    expect(error.exitCode).to.equal(3);
    expect(error.format()).to.match(/k6 ended with 107: the script threw an exception[^]*ReferenceError: x/);
    expect(k6Failure(42, "", "tester")!.message).to.include("42");
  });
});
