import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { rigError } from "../../harness/errors.ts";
import type { Change, Undo } from "./change.ts";
import { JournalGuard } from "./journal-guard.ts";
import { Journal, readJournal } from "./journal.ts";
import { replayJournal } from "./replay.ts";
import { FakeMachinery } from "./testing.ts";

const RUN = { pid: 42, started: "1" };
const onNode = (word: string): Undo => ({
  kind: "node",
  node: "pi4-1",
  undo: { kind: "exec", argv: ["undo", word] },
});
const power = (node: string): Undo => ({ kind: "power", node, action: "start" });

describe("the guard of changes", () => {
  let folder: string;
  let machinery: FakeMachinery;
  let guard: JournalGuard;
  let troubles: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-guard-"));
    machinery = new FakeMachinery();
    troubles = [];
    guard = guarding();
  });
  afterEach(async () => {
    await guard.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  const guarding = (ttlMs = 60_000) =>
    new JournalGuard({
      ...{ journal: Journal.begin(folder, RUN), machinery, ttlMs },
      onTrouble: (what) => troubles.push(what),
    });
  const pending = () => readJournal(folder).map(({ what }) => what);
  const change = (what: string, undo: Undo | undefined, more: Partial<Change> = {}): Change => ({
    ...{ what, undo },
    apply: () => {
      machinery.asked.push(`apply ${what} with ${pending().length} in the journal`);
      return Promise.resolve();
    },
    ...more,
  });
  const thrown = (call: Promise<unknown>): Promise<Error> =>
    call.then(
      () => expect.fail("nothing was thrown"),
      (error: unknown) => error as Error,
    );

  it("has the undo step in the journal and on the node before the change, and undoes latest first", async () => {
    await guard.apply("f", change("a", onNode("a")));
    await guard.apply("f", change("b", power("pi3-1")));
    await guard.apply("other", change("c", power("pi3-2")));
    await guard.revert("f");
    await guard.revert("f");
    expect(machinery.asked).to.deep.equal([
      "pi4-1: lease a",
      "apply a with 1 in the journal",
      "apply b with 2 in the journal",
      "apply c with 3 in the journal",
      "start pi3-1",
      "pi4-1: release a",
    ]);
    expect(pending()).to.deep.equal(["c"]);
    await guard.close();
    expect(machinery.asked.at(-1)).to.equal("start pi3-2");
    expect(existsSync(join(folder, "journal.ndjson"))).to.equal(false);
  });

  it("undoes a change that failed half-way", async () => {
    const half = { apply: () => Promise.reject(new Error("half-way")) };
    expect((await thrown(guard.apply("f", change("a", power("n"), half)))).message).to.equal("half-way");
    await guard.revert("f");
    expect(machinery.asked).to.deep.equal(["start n"]);
  });

  it("makes no change where the node cannot keep the undo step", async () => {
    machinery.failing.add("pi4-1: lease a");
    await thrown(guard.apply("f", change("a", onNode("a"))));
    expect(machinery.asked).to.deep.equal(["pi4-1: lease a"]);
    expect(pending()).to.deep.equal([]);
  });

  it("runs the step itself where the node has no such lease", async () => {
    await guard.apply("f", change("a", onNode("a")));
    await guard.apply(
      "f",
      change("b", { ...onNode("b"), undo: { kind: "service", service: "k3s", action: "resume" } } as Undo),
    );
    machinery.leases.clear();
    await guard.revert("f");
    expect(machinery.asked.slice(-2)).to.deep.equal(["pi4-1: resume k3s", "pi4-1: undo a"]);
  });

  it("prefers the change's own way back and forgets the lease; where that fails, the step is the second try", async () => {
    const own = (word: string, fails: boolean): Partial<Change> => ({
      revert: () => {
        machinery.asked.push(`own ${word}`);
        return fails ? Promise.reject(new Error("own way failed")) : Promise.resolve();
      },
    });
    await guard.apply("f", change("a", onNode("a"), own("a", false)));
    await guard.apply("f", change("b", onNode("b"), own("b", true)));
    await guard.revert("f");
    expect(machinery.asked.slice(-4)).to.deep.equal([
      "own b",
      "pi4-1: release b",
      "own a",
      "pi4-1: forget a",
    ]);
    expect(pending()).to.deep.equal([]);
  });

  it("tries every step, throws the first error, and tries again what failed", async () => {
    for (const node of ["a", "b", "c"]) await guard.apply("f", change(node, power(node)));
    machinery.failing.add("start b");
    expect((await thrown(guard.revert("f"))).message).to.equal("start b failed");
    expect(machinery.asked.slice(-3)).to.deep.equal(["start c", "start b", "start a"]);
    expect(pending()).to.deep.equal(["b"]);
    machinery.failing.clear();
    await guard.revert("f");
    expect(pending()).to.deep.equal([]);
  });

  it("records nothing for a change that leaves nothing", async () => {
    await guard.apply("f", change("pod", undefined));
    await guard.revert("f");
    expect(machinery.asked).to.deep.equal(["apply pod with 0 in the journal"]);
  });

  describe("while leases run", () => {
    beforeEach(async () => {
      await guard.close();
      guard = guarding(1_000);
      await guard.apply("f", change("a", onNode("a")));
    });

    it("renews them four times a TTL, until nothing is in force", async () => {
      const began = Date.now();
      while (machinery.renewals < 4) await delay(10);
      expect(Date.now() - began).to.be.within(900, 3_000);
      await guard.revert("f");
      const after = machinery.renewals;
      await delay(600);
      expect(machinery.renewals).to.equal(after);
      expect(troubles).to.deep.equal([]);
    });

    it("tells when a node that answers does not renew, and is silent about one that is off", async () => {
      machinery.off.add("pi4-1");
      await delay(600);
      expect(troubles).to.deep.equal([]);
      machinery.off.clear();
      machinery.failing.add("renew");
      await delay(600);
      expect(troubles[0]).to.match(/leases on pi4-1 were not renewed/);
    });

    it("tells, once, that a node undid a change too early; not when it was away for longer than the lease", async () => {
      machinery.leases.clear();
      await delay(800);
      expect(troubles).to.deep.equal(["pi4-1 undid a change before it was asked to: f: a"]);
      await guard.apply("f", change("b", onNode("b")));
      machinery.off.add("pi4-1");
      await delay(1_500);
      machinery.leases.clear();
      machinery.off.clear();
      await delay(600);
      expect(troubles).to.have.length(1);
      expect([...machinery.leases.values()].map(({ what }) => what), "leased anew").to.deep.equal(["b"]);
    });
  });

  describe("after a kill -9: a replay in a new process", () => {
    it("undoes latest first, tries all, and again what had to wait for another step", async () => {
      const journal = Journal.begin(mkdtempSync(join(folder, "dead-")), RUN);
      journal.add("f", "first", onNode("first"));
      journal.add("g", "second", power("pi4-1"));
      journal.add("g", "third", onNode("third"));
      machinery.off.add("pi4-1");
      const done: string[] = [];
      const steps = await replayJournal(journal.pending(), machinery, ({ what }) => done.push(what));
      expect(steps.map(({ error }) => error)).to.deep.equal([undefined, undefined, undefined]);
      expect(done).to.deep.equal(["second", "first", "third"]);
    });

    it("says which step failed and why, and is none the worse for being repeated", async () => {
      const journal = Journal.begin(mkdtempSync(join(folder, "dead-")), RUN);
      const entries = [journal.add("f", "a", power("a")), journal.add("f", "b", power("b"))];
      machinery.failing.add("start b");
      for (let turn = 0; turn < 2; turn++) {
        const steps = await replayJournal(entries, machinery);
        const failed = steps.filter(({ error }) => error);
        expect(failed.map(({ entry, error }) => [entry.what, error!.message])).to.deep.equal([
          ["b", "start b failed"],
        ]);
      }
    });

    it("does not take a machine that is unknown for one that was healed", async () => {
      machinery.machine = () => {
        throw rigError("NO_SUCH_NODE", "no machine");
      };
      const journal = Journal.begin(mkdtempSync(join(folder, "dead-")), RUN);
      const [step] = await replayJournal([journal.add("f", "a", onNode("a"))], machinery);
      expect(step!.error!.message).to.equal("no machine");
    });
  });
});
