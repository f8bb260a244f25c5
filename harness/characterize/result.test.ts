import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { CHARACTERIZATION_FILE, writeCharacterization } from "./characterization-folder.ts";
import { characterizationSchema } from "./model.ts";
import { isLabelValue, nodeMetadata, nodeObject } from "./node-metadata.ts";
import { differingChecksums, estimateText, formatAmount, openFigures } from "./outcome.ts";
import { characterization, node } from "./testing.ts";

describe("What a node carries of its scores", () => {
  const at = Date.UTC(2026, 0, 31);

  it("are labels that node affinity can compare, and annotations with unit and interval", () => {
    const { labels, annotations } = nodeMetadata(node("a"), at);
    expect(labels).to.include({
      "edgeproof.dev/score-integer": "5000",
      "edgeproof.dev/score-float": "4000",
      "edgeproof.dev/score-memory": "15000",
      "edgeproof.dev/score-parallelism": "400",
      "edgeproof.dev/score-fsync-p50": "350",
      "edgeproof.dev/nearest-class": "unknown",
    });
    for (const value of Object.values(labels)) expect(isLabelValue(value), value).to.equal(true);
    expect(JSON.parse(annotations["edgeproof.dev/score-integer"]!)).to.deep.equal({
      ...{ value: 5000, low: 4800, high: 5200, n: 6, unit: "rounds/s" },
    });
    expect(annotations["edgeproof.dev/characterized-at"]).to.equal("2026-01-31T00:00:00.000Z");
  });

  it("have no label of what was not measured, and none that Kubernetes would refuse", () => {
    const bare = { ...node("a"), scores: {}, nearest: { class: "not a label", text: "x" } };
    expect(nodeMetadata(bare, at).labels).to.deep.equal({});
    const values = ["", "a", "pi-4.b_c", "-a", "a-", "a b", "x".repeat(63), "x".repeat(64)];
    expect(values.map(isLabelValue)).to.deep.equal([true, true, true, false, false, false, true, false]);
  });

  it("is applied as nothing but metadata of the node", () => {
    const object = nodeObject(node("a"), at);
    expect(object).to.include({ apiVersion: "v1", kind: "Node" });
    expect(Object.keys(object.metadata ?? {})).to.deep.equal(["name", "labels", "annotations"]);
  });
});

describe("A characterization", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-characterize-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is written to a folder of its own, and is as it was when it is read", () => {
    const first = writeCharacterization(folder, characterization());
    expect(first).to.equal(join(folder, "characterizations/20260131T235959Z-lab"));
    expect(writeCharacterization(folder, characterization())).to.equal(`${first}-2`);
    const read = JSON.parse(readFileSync(join(first, CHARACTERIZATION_FILE), "utf8"));
    expect(characterizationSchema.parse(read)).to.deep.equal(characterization());
  });

  it("says what it leaves open: a noisy rate, and what failed for a pair", () => {
    const found = characterization();
    expect(openFigures(found)).to.deep.equal([]);
    found.nodes[0]!.scores.integer = { value: 100, low: 60, high: 130, n: 6 };
    found.pairs[0]!.notes.push("overlay: no packet passed");
    expect(openFigures(found)).to.deep.equal([
      "not known to 25 %: a integer 100 [60, 130]",
      "a -> b: overlay: no packet passed",
    ]);
  });

  it("names a node on which a kernel came to something else", () => {
    const found = characterization();
    expect(differingChecksums(found)).to.deep.equal([]);
    found.nodes[1]!.checksums.integer = "2f";
    expect(differingChecksums(found)).to.deep.equal(["integer on b and a"]);
  });

  it("shows figures as people read them", () => {
    expect([0.981, 999, 5230, 15.04e9, 2e15].map(formatAmount)).to.deep.equal([
      "0.981",
      "999",
      "5.23 k",
      "15 G",
      "2000 T",
    ]);
    expect(estimateText({ value: 5230, n: 3 })).to.equal("5.23 k (n=3)");
    expect(estimateText({ value: 1, low: 0.5, n: 3 })).to.equal("1 [0.5, ?]");
    expect(estimateText(undefined)).to.equal("not measured");
  });
});
