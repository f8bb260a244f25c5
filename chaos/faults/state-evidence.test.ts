import { expect } from "chai";

import { type ExpectedState, stateEvidence, untilAll } from "./state-evidence.ts";

const state = (
  read: () => Promise<boolean | undefined>,
  expected: Partial<ExpectedState>,
): ExpectedState => ({
  ...{ subject: "a -> b", quantity: "overlay-reachable", read },
  ...expected,
});
const always = (value: boolean) => () => Promise.resolve(value);

describe("evidence by states", () => {
  it("holds where every state is as expected at its time, and judges none that has no expectation then", async () => {
    const evidence = stateEvidence([state(always(true), { before: true, during: true })]);
    expect((await evidence.before()).map(({ held }) => held)).to.deep.equal([true]);
    expect((await evidence.during().stop()).map(({ held }) => held)).to.deep.equal([true]);
    expect(await evidence.after()).to.deep.equal([]);
  });

  it("does not hold where a machine still answers that should be cut off", async () => {
    const [check] = await stateEvidence([state(always(true), { during: false })])
      .during()
      .stop();
    expect(check).to.include({ held: false, asked: 0, measured: 1 });
  });

  it("waits within the window for a state that needs its time, but not for ever", async () => {
    let reads = 0;
    const late = (): Promise<boolean> => Promise.resolve(++reads > 2);
    const held = async (read: () => Promise<boolean>, withinMs: number): Promise<unknown> =>
      (
        await stateEvidence([state(read, { during: true, withinMs })])
          .during()
          .stop()
      ).map((check) => check.held);
    expect(await held(late, 5_000)).to.deep.equal([true]);
    expect(await held(always(false), 300)).to.deep.equal([false]);
  });
});

describe("waiting for all readings", () => {
  it("asks for so many agreeing rounds in a row", async () => {
    const answers = [false, true, false, false];
    const readings = [{ read: () => Promise.resolve(answers.shift() ?? true) }];
    expect(await untilAll(readings, false, { timeoutMs: 5_000, times: 2 })).to.equal(true);
    expect(answers).to.deep.equal([]);
  });

  it("gives up at the time limit, and takes a reading that fails for no answer", async () => {
    const readings = [{ read: () => Promise.reject(new Error("gone")) }];
    expect(await untilAll(readings, false, { timeoutMs: 300 })).to.equal(false);
  });
});
