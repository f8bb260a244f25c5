import { expect } from "chai";

import { Random } from "../statistics/random.ts";
import { compareDurations, type DurationSeries } from "./compare-durations.ts";

const times = (seed: number, n: number, factor = 1): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length: n }, () => factor * 20 * Math.exp(0.2 * random.normal()));
};
const whole = (own: Float64Array): DurationSeries => ({ own, withLost: own });
const lossy = (own: Float64Array, lost: number): DurationSeries => ({
  own,
  withLost: Float64Array.from([...own, ...new Array<number>(lost).fill(Infinity)]),
});

describe("comparing response times", () => {
  it("has a planted change within the interval of each percentile", () => {
    const found = compareDurations(whole(times(1, 2000)), whole(times(2, 2000, 1.25)), 1);
    expect(found.map(({ name }) => name)).to.deep.equal(["p50", "p95", "p99"]);
    for (const { name, low, high, p, base, head } of found) {
      expect(low, name).to.be.below(0.25).and.above(0);
      expect(high, name).to.be.above(0.25);
      expect(p, name).to.be.below(0.001);
      expect(head, name).to.be.above(base);
    }
  });

  it("sees a tail that grows while the median stays", () => {
    const base = times(3, 2000);
    const head = times(4, 2000).map((value, index) => (index % 10 === 0 ? 3 * value : value));
    const [p50, p95] = compareDurations(whole(base), whole(head), 1);
    expect(p95!.p).to.be.below(1e-6);
    expect(p95!.low).to.be.above(0.2);
    expect(p50!.high).to.be.below(0.1);
  });

  it("says how many independent samples it needs and has: fewer where they hang together", () => {
    const independent = times(5, 1000);
    const [p50, p95, p99] = compareDurations(whole(independent), whole(times(6, 1000)), 1);
    expect([p50!.needed, p95!.needed, p99!.needed]).to.deep.equal([30, 59, 299]);
    const held = Float64Array.from({ length: 1000 }, (_, at) => independent[Math.floor(at / 20)]!);
    const [correlated] = compareDurations(whole(held), whole(times(6, 1000)), 1);
    expect(p50!.effective).to.be.above(700);
    expect(correlated!.effective).to.be.below(200);
  });

  it("widens the interval by requests without an answer, which may be the class's or not", () => {
    const [base, head] = [times(7, 1000), times(8, 1000)];
    const exact = compareDurations(whole(base), whole(head), 1)[1]!;
    const headLost = compareDurations(whole(base), lossy(head, 30), 1)[1]!;
    expect(headLost.high).to.be.above(exact.high + 0.05);
    expect(headLost.head).to.equal(exact.head);
    const baseLost = compareDurations(lossy(base, 30), whole(head), 1)[1]!;
    expect(baseLost.low).to.be.below(exact.low - 0.05);
    expect(baseLost.p).to.be.at.least(exact.p);
  });

  it("can say nothing of a percentile that never came in either run", () => {
    const failing = times(9, 400).map((value, index) => (index % 10 === 0 ? Infinity : value));
    const p95 = compareDurations(whole(failing), whole(failing.toReversed()), 1)[1]!;
    expect([p95.base, p95.head, p95.low, p95.high]).to.deep.equal([Infinity, Infinity, -1, Infinity]);
  });

  it("gives the same figures for the same seed, and others for another", () => {
    const of = (seed: number) => compareDurations(whole(times(1, 500)), whole(times(2, 500)), seed);
    expect(of(1)).to.deep.equal(of(1));
    expect(of(1)).to.not.deep.equal(of(2));
  });
});
