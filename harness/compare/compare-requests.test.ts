import { expect } from "chai";

import { phase, samplesOf } from "../record/testing.ts";
import { Random } from "../statistics/random.ts";
import { errorRates, responseTimes } from "./compare-requests.ts";

const lcl = phase("lcl");
const scope = { phase: "lcl", profile: "lcl", function: "hello-world", deviceClass: "pi4" };
const options = { effect: 0.05, seed: 1 };

/** Every `failing`th request fails, and has no device class then. */
const requests = (seed: number, n: number, failing = Infinity) => {
  const random = new Random(seed);
  const times = Array.from({ length: n }, (_, index) =>
    index % failing === failing - 1 ? Infinity : 20 * Math.exp(0.1 * random.normal()),
  );
  return samplesOf(lcl, times);
};

describe("comparing response times of a device class", () => {
  it("counts only requests of that class, in both runs", () => {
    const found = responseTimes(requests(1, 900), requests(2, 600), scope, options);
    expect(found.map(({ quantity }) => quantity)).to.deep.equal(["p50", "p95", "p99"]);
    for (const one of found) expect(one.samples).to.deep.equal({ base: 300, head: 200 });
    expect(found[0]).to.include({ unit: "ms", effect: 0.05 });
    expect(found[0]!.change).to.be.closeTo(found[0]!.head! / found[0]!.base! - 1, 1e-12);
  });

  it("doubts a percentile that has too few samples, and no other", () => {
    const found = responseTimes(requests(1, 600), requests(2, 600), scope, options);
    expect(found.map(({ doubts }) => doubts.length)).to.deep.equal([0, 0, 1]);
    expect(found[2]!.doubts[0]).to.match(/^as good as \d+ independent samples, at least 299 are needed$/);
  });

  it("says how many got no answer in each run", () => {
    const [p50] = responseTimes(requests(1, 600), requests(2, 600, 60), scope, options);
    expect(p50!.notes).to.deep.equal([
      "0 and 10 without an answer, from an unknown class, held against both ends",
    ]);
    expect(responseTimes(requests(1, 600), requests(2, 600), scope, options)[0]!.notes).to.deep.equal([]);
  });

  it("has nothing to say of a class that one run lacks", () => {
    const none = requests(2, 600).filter(({ deviceClass }) => deviceClass !== "pi4");
    expect(responseTimes(requests(1, 600), none, scope, options)).to.deep.equal([]);
  });
});

describe("comparing error rates", () => {
  it("has their difference, over all device classes, against 1 percentage point", () => {
    const [found] = errorRates(requests(1, 1000), requests(2, 1000, 10), scope);
    expect(found).to.deep.include({ quantity: "errors", unit: "share", base: 0, head: 0.1, effect: 0.01 });
    expect(found!.scope.deviceClass).to.equal("");
    expect(found!.change).to.be.closeTo(0.1, 1e-12);
    expect(found!.interval!.low).to.be.within(0.05, 0.1);
    expect(found!.interval!.high).to.be.within(0.1, 0.15);
    expect(found!.p).to.be.below(1e-6);
    expect(found!.notes).to.deep.equal(["1 % more or less would matter"]);
  });

  it("finds no change where nothing failed, and nothing where nothing was asked", () => {
    const [found] = errorRates(requests(1, 1000), requests(2, 1000), scope);
    expect([found!.change, found!.p, found!.notes]).to.deep.equal([0, 1, []]);
    expect(errorRates([], requests(2, 10), scope)).to.deep.equal([]);
  });
});
