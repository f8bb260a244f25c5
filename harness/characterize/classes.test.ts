import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { ConfigError } from "../config/config-error.ts";
import { calibrate, calibrateAll } from "./calibrate.ts";
import { emulationChecks } from "./emulation-check.ts";
import { nearestClass } from "./nearest-class.ts";
import { readReferenceScores, referenceEntry, saveReference } from "./reference-scores.ts";
import { figure, machine, scores } from "./testing.ts";

const host = (integer: number, cores: number, all = integer * cores) => ({
  cores,
  scores: { integer: figure(integer), "integer-all": figure(all), crypto: figure(3e9) },
});

describe("The nearest class", () => {
  it("is unknown while no class has measured scores, as in the file that comes with edgeproof", () => {
    expect(nearestClass(scores, readReferenceScores())).to.deep.equal({
      kind: "unknown",
      text: "unknown: no class has measured scores",
    });
  });

  it("is that with the least distance of logarithms: half as fast is nearer than three times", () => {
    const references = new Map([
      ["half", { integer: 2600, float: 2e9 }],
      ["thrice", { integer: 15_000, float: 12e9 }],
    ]);
    const found = nearestClass(scores, references);
    expect(found).to.include({ kind: "nearest", class: "half" });
    expect(found).to.have.property("shared").that.deep.equals(["integer", "float"]);
    const squares = (Math.log(5000 / 2600) ** 2 + Math.log(2) ** 2) / 2;
    expect(found)
      .to.have.property("factor")
      .that.is.closeTo(Math.exp(Math.sqrt(squares)), 1e-12);
  });

  it("does not fit where even the nearest is off by more than a factor of two", () => {
    const found = nearestClass(scores, new Map([["tiny", { integer: 1000 }]]));
    expect(found).to.include({ kind: "does-not-fit", class: "tiny" });
    expect(found.text).to.match(/does not fit: tiny is nearest, and off by a factor of 5\.00/);
  });

  it("takes neither disks nor ratios, and is unknown where nothing is shared", () => {
    const found = nearestClass(scores, new Map([["disk", { "fsync-p50": 0.35, parallelism: 4 }]]));
    expect(found.kind).to.equal("unknown");
  });
});

describe("The check of an emulated class", () => {
  const nodes = [
    { node: "edge-1", deviceClass: "pi4", scores: { integer: figure(800), "integer-all": figure(900) } },
  ];

  it("says how much of the class a node was measured to have", () => {
    const references = new Map([["pi4", { integer: 1000, "integer-all": 1200 }]]);
    expect(emulationChecks(nodes, references)).to.deep.equal([
      "edge-1 emulates pi4 with integer 80 %, integer-all 75 % of what the class was measured to have.",
    ]);
  });

  it("says nothing of a class that nobody measured", () => {
    expect(emulationChecks(nodes, new Map())).to.deep.equal([]);
    expect(emulationChecks(nodes, new Map([["pi4", { float: 1 }]]))).to.deep.equal([]);
  });
});

describe("Calibration", () => {
  it("gives a class of one core its share of the host's", () => {
    const found = calibrate("one", { integer: 1250, "integer-all": 1250 }, host(5000, 8));
    expect(found).to.deep.include({ fits: true, quotaCpus: 0.25, factor: 1 });
  });

  it("gives as many CPUs as the class has cores where they are as fast as the host's", () => {
    const found = calibrate("four", { integer: 5000, "integer-all": 20_000 }, host(5000, 8));
    expect(found).to.deep.include({ fits: true, quotaCpus: 4, factor: 1 });
  });

  it("takes the least of the larger error, which no other quota betters", () => {
    const reference = { integer: 1000, "integer-all": 1400 };
    const found = calibrate("slow", reference, host(5000, 8));
    const worst = (q: number) =>
      Math.exp(
        Math.max(Math.abs(Math.log((Math.min(1, q) * 5000) / 1000)), Math.abs(Math.log((q * 5000) / 1400))),
      );
    for (let q = 0.01; q < 8; q += 0.01) expect(worst(q)).to.be.at.least(found.factor! - 1e-9);
    expect(found).to.include({ fits: true });
    expect(found.factor).to.be.closeTo(Math.sqrt(1.4), 1e-9);
  });

  it("says that four slow cores do not fit a quota, which makes one thread too fast", () => {
    const found = calibrate("pi", { integer: 1000, "integer-all": 4000 }, host(5000, 8));
    expect(found).to.include({ fits: false, factor: 2 });
    expect(found.text).to.match(
      /does not fit this host: the best quota, 0\.4 CPUs, is off by a factor of 2\.00/,
    );
  });

  it("says that a class which is faster than the host does not fit", () => {
    expect(calibrate("fast", { integer: 9000, "integer-all": 9000 }, host(5000, 8)).fits).to.equal(false);
    expect(calibrate("wide", { integer: 5000, "integer-all": 40_000 }, host(5000, 8, 20_000))).to.include({
      fits: false,
      quotaCpus: 4,
    });
  });

  it("tells how far off the scores are that were not fitted", () => {
    const reference = { integer: 5000, "integer-all": 5000, crypto: 1e8 };
    expect(calibrate("no-aes", reference, host(5000, 8)).text).to.contain("not fitted: crypto 30.00");
  });

  it("says what is missing where it cannot be done, and does nothing without measured classes", () => {
    expect(calibrate("part", { integer: 1 }, host(1, 1)).text).to.contain(
      "no measured integer and integer-all",
    );
    const unmeasured = { cores: 1, scores: {} };
    expect(calibrate("x", { integer: 1, "integer-all": 1 }, unmeasured).text).to.contain("not measured");
    expect(calibrateAll(new Map(), host(1, 1))).to.deep.equal([]);
  });
});

describe("The file of measured classes", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-scores-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const entry = referenceEntry(machine, scores, {
    at: Date.UTC(2026, 0, 31),
    versions: { edgeproof: "0.1.0" },
  });

  it("gets a class with machine, date and versions, and keeps the head and other classes", () => {
    const file = join(folder, "scores.yaml");
    writeFileSync(file, "# yaml-language-server: $schema=x\n# Kept.\n{}\n");
    saveReference(file, "pi4", entry);
    saveReference(file, "pi3", { ...entry, scores: { integer: 1000 } });
    saveReference(file, "pi4", { ...entry, date: "2026-02-01" });
    const text = readFileSync(file, "utf8");
    expect(text).to.match(/^# yaml-language-server: \$schema=x\n# Kept\.\n/);
    expect(text).to.contain("Board 1, arm64").and.to.contain("2026-02-01").and.to.contain("go1.26.8");
    expect(text.match(/2026-01-31/g)).to.have.length(1);
    expect(text).to.not.contain("{");
    const read = readReferenceScores(file);
    expect(read.get("pi4")).to.include({ integer: 5000, "fsync-p99": 2.1 });
    expect(nearestClass(scores, read)).to.include({ kind: "nearest", class: "pi4", factor: 1 });
  });

  it("is made where it is not there", () => {
    const file = join(folder, "new.yaml");
    expect(readReferenceScores(file).size).to.equal(0);
    saveReference(file, "pi4", entry);
    expect([...readReferenceScores(file).keys()]).to.deep.equal(["pi4"]);
  });

  it("is refused with file and line where it is wrong, and then not written", () => {
    const file = join(folder, "wrong.yaml");
    const wrong =
      "pi4:\n  machine: x\n  date: yesterday\n  cores: 4\n  versions: {}\n  scores: { speed: 3 }\n";
    writeFileSync(file, wrong);
    const refused = (run: () => unknown) =>
      expect(run)
        .to.throw(ConfigError)
        .and.to.satisfy((error: ConfigError) => error.format().includes("wrong.yaml:3"));
    refused(() => readReferenceScores(file));
    refused(() => saveReference(file, "pi3", entry));
    expect(readFileSync(file, "utf8")).to.equal(wrong);
  });
});
