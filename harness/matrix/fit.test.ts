import { expect } from "chai";

import { fitCells, sweepsToFit, usersThatFit } from "./fit.ts";
import { cells } from "./testing.ts";

describe("fitting a matrix to a host", () => {
  const all = cells({
    profiles: ["lcl"],
    scalability: { duration: 1, think: 250, users: [100, 500], n: [1, 30] },
  });
  const users = (fitted: readonly { users: number }[]): number[] => fitted.map((cell) => cell.users);

  it("needs to know the time of what has more than one user, and nothing else", () => {
    expect(sweepsToFit(all).map(({ sweep }) => sweep)).to.deep.equal([
      "scalability-fib1",
      "scalability-fib30",
    ]);
  });

  it("lets half of the cores be busy", () => {
    // 10 ms of every 260 ms: 26 users keep one core busy, and one of two cores may be.
    expect(usersThatFit(all[1]!, 10, 2)).to.equal(26);
    expect(usersThatFit(all[1]!, 10, 4)).to.equal(52);
    expect(usersThatFit(all[1]!, 60_000, 2)).to.equal(1);
  });

  it("scales a whole sweep by what its largest cell needs, so that its cells still differ, and says so", () => {
    const service = new Map([["scalability-fib30", 10]]);
    const fitted = fitCells(all, service, 2);
    expect(users(fitted)).to.deep.equal([1, 100, 500, 5, 26]);
    expect(fitted.map(({ note }) => note?.replace(/ \(.*/, ""))).to.deep.equal([
      ...[undefined, undefined, undefined],
      "asked 100 users, run with 5",
      "asked 500 users, run with 26",
    ]);
    expect(fitted[4]!.note).to.include("fit: 10 ms a request, 50 % of 2 cores");
    expect(fitted[4]!.phase).to.equal(all[4]!.phase);
  });

  it("leaves alone what fits, and never takes the last user", () => {
    expect(fitCells(all, new Map([["scalability-fib1", 0.1]]), 2)).to.deep.equal(all);
    expect(users(fitCells(all, new Map([["scalability-fib1", 1e6]]), 2))).to.deep.equal([1, 1, 1, 100, 500]);
  });
});
