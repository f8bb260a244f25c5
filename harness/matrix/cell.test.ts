import { expect } from "chai";

import { loadMatrix } from "./load-matrix.ts";
import { cells } from "./testing.ts";

const FILE = "fixtures/benchfaas/benchfaas.yaml";

describe("the cells of a matrix", () => {
  it("are each test with each parameter over each profile, the repetitions outermost", () => {
    expect(cells({ repetitions: 2 }).map(({ phase }) => phase)).to.deep.equal(
      ["r1", "r2"].flatMap((time) => [
        `overhead-lcl-${time}`,
        `overhead-typ-${time}`,
        `scalability-fib1-100-lcl-${time}`,
        `scalability-fib1-100-typ-${time}`,
        `scalability-fib1-500-lcl-${time}`,
        `scalability-fib1-500-typ-${time}`,
      ]),
    );
  });

  it("have no repetition in their name if there is one", () => {
    expect(cells({ scalability: undefined }).map(({ phase }) => phase)).to.deep.equal([
      "overhead-lcl",
      "overhead-typ",
    ]);
  });

  it("take a test's own profiles before the form's", () => {
    const [first, ...others] = cells({ overhead: { iterations: 1, think: 1, profiles: ["bad"] } });
    expect(first).to.include({ phase: "overhead-bad", profile: "bad" });
    expect(others).to.have.length(4);
  });

  it("call the steps of a chain from the client, or hand it to the server with its hops", () => {
    const [client, server] = cells({
      ...{ profiles: ["lcl"], overhead: undefined, scalability: undefined },
      chains: { iterations: 1, think: 100, lengths: [5], by: ["client", "server"], payload: 64 },
    });
    expect(client).to.deep.include({
      phase: "chains-client-5-lcl",
      work: { fn: "chain", path: "", bodyBytes: 64, steps: 5 },
    });
    expect(server!.work).to.include({ fn: "chain", steps: 1, bodyBytes: 64 });
    const query = new URLSearchParams(server!.work.path.slice(1));
    // Five functions: the one that is asked, and four after it.
    expect(query.get("hops")).to.equal("4");
    expect(query.get("next")).to.equal("http://chain.edgeproof.svc.cluster.local/");
  });
});

describe("BenchFaaS's matrix", () => {
  const full = loadMatrix(FILE, { form: "full" }).cells;
  const first = full.filter(({ repetition }) => repetition === 1);
  const of = (test: string) => first.filter((cell) => cell.test === test);

  it("is ten repetitions of five tests over five profiles", () => {
    expect(full).to.have.length(10 * 100);
    expect(new Set(full.map(({ phase }) => phase)).size).to.equal(full.length);
    expect(new Set(first.map(({ profile }) => profile))).to.have.all.keys("lcl", "opt", "typ", "bad", "cld");
    const counts = ["overhead", "payload", "intensive", "scalability", "chains"].map(
      (test) => of(test).length,
    );
    expect(counts).to.deep.equal([5, 4 * 5, 5, 2 * 5 * 5, 2 * 2 * 5]);
  });

  it("has the users, iterations, think times and the duration of its JMeter plans", () => {
    const thinks = ["overhead", "payload", "intensive", "scalability", "chains"].map(
      (test) => of(test)[0]!.thinkMs,
    );
    expect(thinks).to.deep.equal([200, 5000, 2000, 250, 100]);
    for (const cell of first.filter(({ test }) => test !== "scalability"))
      expect(cell).to.deep.include({ users: 1, until: { iterations: 100 } });
    for (const cell of of("scalability")) expect(cell.until).to.deep.equal({ durationMs: 180_000 });
    expect(new Set(of("scalability").map(({ users }) => users))).to.have.all.keys([100, 200, 300, 400, 500]);
    expect(new Set(of("payload").map(({ work }) => work.bodyBytes))).to.have.all.keys([
      1024, 10_240, 102_400, 1_048_576,
    ]);
    for (const cell of full) expect(cell.timeoutMs).to.equal(5000);
  });

  it("has names that an objective can have as its phase", () => {
    for (const { phase } of full) expect(phase).to.match(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  it("runs in part, by a pattern of the cells' names", () => {
    const chosen = loadMatrix(FILE, { form: "full", cells: "payload-*-typ-r03" });
    expect(chosen.cells.map(({ phase }) => phase)).to.deep.equal(
      ["1kib", "10kib", "100kib", "1mib"].map((size) => `payload-${size}-typ-r03`),
    );
    expect(chosen.hash).to.equal(loadMatrix(FILE, { form: "full" }).hash);
    expect(() => loadMatrix(FILE, { form: "full", cells: "overhead.*" })).to.throw("no cell is like");
  });

  it("has a small form of all five tests with at most 35 s of load", () => {
    const small = loadMatrix(FILE, { form: "small" }).cells;
    expect(new Set(small.map(({ test }) => test)).size).to.equal(5);
    // A closed load, and an open one as long; a request takes as long as on the host that these figures were chosen on.
    const took = { overhead: 12, payload: 40, intensive: 250, scalability: 0, chains: 10 };
    const ms = small.map(({ test, until, thinkMs, work }) =>
      "durationMs" in until ? until.durationMs : until.iterations * work.steps * (thinkMs + took[test]),
    );
    expect(2 * ms.reduce((sum, one) => sum + one, 0)).to.be.below(35_000);
    expect(Math.max(...small.map(({ users }) => users))).to.be.at.most(4);
  });
});
