import { expect } from "chai";

import type { LinkParams } from "../../harness/config/model.ts";
import { linkPeriods } from "./link-history.ts";
import { LinkStack } from "./link-stack.ts";
import type { DirectedLink, WanEngine } from "./wan-engine.ts";

const ab = { from: "a", to: "b" };
const link = (params: LinkParams): DirectedLink[] => [{ ...ab, params }];

/** An engine that remembers what it was told. */
function engine(fail = (_: readonly DirectedLink[]) => false) {
  const told: DirectedLink[][] = [];
  const apply = (links: readonly DirectedLink[]): Promise<void> => {
    if (fail(links)) return Promise.reject(new Error("no"));
    told.push([...links]);
    return Promise.resolve();
  };
  return { told, engine: { apply } as WanEngine };
}

describe("Layers of link parameters", () => {
  it("let a later layer replace what it names, whatever the order in which they end", async () => {
    const { told, engine: wan } = engine();
    const stack = new LinkStack(wan);
    await stack.set("profile", link({ delayMs: 10, loss: 0.1 }));
    await stack.set("slow", link({ delayMs: 50 }));
    expect(stack.effective(ab)).to.deep.equal({ delayMs: 50, loss: 0.1 });
    await stack.remove("profile");
    expect(stack.effective(ab)).to.deep.equal({ delayMs: 50 });
    await stack.remove("slow");
    await stack.remove("slow");
    expect(told.at(-1)).to.deep.equal(link({}));
    expect(told).to.have.length(4);
  });

  it("make what cannot be together fit: no jitter above the delay, nothing reordered without one", async () => {
    const stack = new LinkStack(engine().engine);
    await stack.set("wide", link({ delayMs: 20, jitterMs: 5, reorder: 0.1 }));
    await stack.set("short", link({ delayMs: 2 }));
    expect(stack.effective(ab)).to.deep.equal({ delayMs: 2, jitterMs: 2, reorder: 0.1 });
    await stack.set("short", link({ delayMs: 0 }));
    expect(stack.effective(ab)).to.deep.equal({ delayMs: 0 });
  });

  it("tell when what was in force, and what would have been without a layer", async () => {
    const stack = new LinkStack(engine().engine);
    await stack.set("profile", link({ delayMs: 10 }));
    await stack.set("cut", link({ loss: 1 }));
    await stack.set("elsewhere", [{ from: "b", to: "a", params: { loss: 1 } }]);
    await stack.remove("cut");
    const periods = linkPeriods(stack.history, [ab], "cut");
    expect(periods.map(({ params, without }) => [params[0], without[0]])).to.deep.equal([
      [{}, {}],
      [{ delayMs: 10 }, { delayMs: 10 }],
      [{ delayMs: 10, loss: 1 }, { delayMs: 10 }],
      [{ delayMs: 10 }, { delayMs: 10 }],
    ]);
    expect(periods.at(-1)?.to).to.equal(Infinity);
    for (const [index, { from }] of periods.entries())
      expect(from).to.be.at.least(periods[index - 1]?.to ?? -Infinity);
  });

  it("are uncertain from a change that failed until the next one", async () => {
    let broken = true;
    const stack = new LinkStack(engine(() => broken).engine);
    const error = await stack.set("slow", link({ delayMs: 10 })).catch((reason: unknown) => reason);
    expect(String(error)).to.contain("no");
    expect(linkPeriods(stack.history, [ab], undefined)).to.have.length(1);
    broken = false;
    await stack.remove("slow");
    expect(linkPeriods(stack.history, [ab], undefined).map(({ to }) => to === Infinity)).to.deep.equal([
      false,
      true,
    ]);
  });
});
