import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { hostScores, keepHostScores } from "./host-scores.ts";
import { keepMeasured, readMeasured } from "./measured-nodes.ts";
import { characterization } from "./testing.ts";

describe("What was measured is kept", () => {
  let folder: string;
  const { XDG_STATE_HOME: former } = process.env;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-kept-"));
    process.env.XDG_STATE_HOME = folder;
  });
  afterEach(() => {
    if (former === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = former;
    rmSync(folder, { recursive: true, force: true });
  });

  it("of this host, for its owner, until it is another host", async () => {
    expect(hostScores()).to.equal(undefined);
    await keepHostScores({ integer: { value: 5200, n: 6 } }, 7);
    expect(hostScores()).to.deep.include({ measuredAt: 7, scores: { integer: { value: 5200, n: 6 } } });
    const file = join(folder, "edgeproof/host-scores.json");
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const kept = JSON.parse(readFileSync(file, "utf8")) as object;
    for (const other of [{ ...kept, processor: "another" }, { ...kept, cores: 1000 }, { schema: 2 }]) {
      writeFileSync(file, JSON.stringify(other));
      expect(hostScores()).to.equal(undefined);
    }
    writeFileSync(file, "{ cut off");
    expect(hostScores()).to.equal(undefined);
  });

  it("of a rig, where one node measured again leaves what is known of the others, and since when", () => {
    expect(readMeasured(folder)).to.deep.equal({});
    const all = characterization();
    keepMeasured(folder, all);
    const [first, second] = all.nodes;
    const of = (at: number) => ({ at, nearest: first!.nearest.text, scores: first!.scores });
    expect(readMeasured(folder)).to.deep.equal({ a: of(all.startedAt), b: of(all.startedAt) });
    keepMeasured(folder, { ...all, startedAt: 9, nodes: [second!] });
    expect(readMeasured(folder)).to.deep.equal({ a: of(all.startedAt), b: of(9) });
  });
});
