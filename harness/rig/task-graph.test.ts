import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { TaskGraph } from "./task-graph.ts";

describe("task graph", () => {
  const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it("starts a task only when all it needs is done, and runs independent ones together", async () => {
    const log: string[] = [];
    const task = (name: string) => async (): Promise<void> => {
      log.push(`+${name}`);
      await tick();
      log.push(`-${name}`);
    };
    await new TaskGraph()
      .add("c", ["a", "b"], task("c"))
      .add("a", [], task("a"))
      .add("b", [], task("b"))
      .run();
    expect(log.slice(0, 2)).to.deep.equal(["+a", "+b"]);
    expect(log.indexOf("+c")).to.be.greaterThan(log.indexOf("-b"));
  });

  it("runs one task at a time when asked to", async () => {
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await tick();
      running--;
    };
    await new TaskGraph().add("a", [], task).add("b", [], task).add("c", [], task).run({ concurrency: 1 });
    expect(most).to.equal(1);
  });

  it("starts nothing after a failure, waits for what runs and throws the first error", async () => {
    const log: string[] = [];
    const graph = new TaskGraph()
      .add("bad", [], () => Promise.reject(new Error("first")))
      .add("slow", [], async () => {
        await tick();
        await tick();
        log.push("slow ended");
      })
      .add("later", ["slow"], () => Promise.resolve(void log.push("later ran")));
    const error = await graph.run().catch((caught: unknown) => caught);
    expect(error).to.have.property("message", "first");
    expect(log).to.deep.equal(["slow ended"]);
  });

  it("is let go of by an abort: at once where nothing is under way that has to end, and else when that has", async () => {
    const never = (): Promise<void> => new Promise(() => undefined);
    for (const mustEnd of [false, true]) {
      const log: string[] = [];
      const controller = new AbortController();
      const ended = new TaskGraph()
        .add("waits", [], never)
        .add("makes", [], async () => {
          await delay(80);
          log.push("made");
        })
        .add("later", ["makes"], () => Promise.resolve(void log.push("later ran")))
        .run({ signal: controller.signal, graceMs: 30, mustEnd: (name) => mustEnd && name === "makes" })
        .catch((caught: unknown) => caught);
      controller.abort(new Error("interrupted"));
      expect(await ended).to.have.property("message", "interrupted");
      expect(log).to.deep.equal(mustEnd ? ["made"] : []);
    }
  });

  it("refuses a need that does not exist and needs that go in a circle", async () => {
    const nothing = (): Promise<void> => Promise.resolve();
    const unknown = await new TaskGraph()
      .add("a", ["x"], nothing)
      .run()
      .catch((error: unknown) => error);
    expect(unknown).to.have.property("message", "task a needs x, which does not exist");
    const circle = await new TaskGraph()
      .add("a", ["b"], nothing)
      .add("b", ["a"], nothing)
      .run()
      .catch((error: unknown) => error);
    expect(circle).to.have.property("message", "tasks wait for each other: a, b");
  });
});
