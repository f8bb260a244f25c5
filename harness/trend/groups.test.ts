import { expect } from "chai";

import type { RunHeader } from "../record/model.ts";
import { header } from "../record/testing.ts";
import { groupRuns } from "./groups.ts";

let count = 0;
const run = (changes: Partial<RunHeader> = {}) => {
  const startedAt = header.startedAt + count++;
  return {
    folder: "",
    header: { ...header, id: `run-${count}`, startedAt, ...changes },
    figures: [],
    broken: [],
  };
};

describe("groups of runs", () => {
  it("keep runs of another suite, topology, engine, back end or host apart", () => {
    const others: Partial<RunHeader>[] = [
      { suite: "faults" },
      { topology: "large" },
      { engine: "k3s" },
      { wanBackend: "netem" },
      { functionsLayer: "knative" },
      { host: { ...header.host, cores: 4 } },
      { nodes: header.nodes.slice(1) },
      { settings: { ...header.settings, form: "small" } },
    ];
    for (const other of others)
      expect(groupRuns([run(), run(other)]), JSON.stringify(other)).to.have.length(2);
  });

  it("hold other versions, seeds and times of the rig together: those are what a trend is about", () => {
    const same = [
      run(),
      run({ versions: { edgeproof: "0.2.0" } }),
      run({ seed: 9 }),
      run({ settings: { ...header.settings, bringUpMs: 1 } }),
    ];
    expect(groupRuns(same)).to.have.length(1);
  });

  it("are the largest first, and say what a smaller one of the suite differs in", () => {
    const found = groupRuns([run({ engine: "k3s" }), run(), run(), run({ suite: "faults" })]);
    expect(found.map(({ number, suite, runs }) => [number, suite, runs.length])).to.deep.equal([
      [1, "quickstart", 2],
      [2, "quickstart", 1],
      [3, "faults", 1],
    ]);
    expect(found.map(({ apart }) => apart)).to.deep.equal([[], ["engine: kubernetes, k3s"], []]);
  });
});
