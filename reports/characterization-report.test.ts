import { expect } from "chai";

import { characterization } from "../harness/characterize/testing.ts";
import { characterizationReport } from "./characterization-report.ts";
import { characterizationTable } from "./characterization-table.ts";
import { filesOf } from "./html/testing.ts";

describe("The report of a characterization", () => {
  it("has the scores with intervals, the matrices and the pairs, and needs nothing from outside", () => {
    const text = characterizationReport(characterization());
    expect(text).to.contain("5 k [4.8 k, 5.2 k] rounds/s").and.to.contain("10 ms | 10.3 ms");
    expect(text)
      .to.contain("90 M | 45 M")
      .and.to.contain("1500 B")
      .and.to.contain("prefers-color-scheme: dark");
    expect(text)
      .to.contain("unknown: no class has measured scores")
      .and.to.contain("everything was measured");
    expect(text).to.not.match(/src=|href="http/);
  });

  it("carries its data as JSON", () => {
    const found = characterization();
    const saved = filesOf(characterizationReport(found)).get("characterization.json")!;
    expect(JSON.parse(saved)).to.deep.equal(found);
  });

  it("says what is open and escapes what came from a node", () => {
    const found = characterization();
    found.pairs[0]!.notes.push("overlay, transfer: <b>status 500</b>");
    found.nodes[0]!.machine = { ...found.nodes[0]!.machine, model: "<script>" };
    const text = characterizationReport(found);
    expect(text)
      .to.contain("1 figures are open")
      .and.to.contain("&lt;b&gt;status 500")
      .and.to.contain("&lt;script&gt;,");
  });

  it("of one node has no network", () => {
    const found = { ...characterization(), pairs: [] };
    expect(characterizationReport(found)).to.not.contain("Round trip");
    expect(characterizationTable(found)).to.not.contain("underlay");
  });
});

describe("The table of a characterization", () => {
  it("has a row a score, then underlay | overlay of each direction, then notes and what is open", () => {
    const found = characterization();
    found.pairs[0]!.notes.push("overlay: no packet passed");
    found.calibrations.push({ class: "pi4", fits: true, text: "pi4: 0.25 CPUs, off by a factor of 1.00" });
    const lines = characterizationTable(found).split("\n");
    expect(lines[0]).to.match(/^score \[95 % interval\] +a +b$/);
    expect(lines.find((line) => line.startsWith("fsync-p99"))).to.match(/2\.1 ms \(n=200\)/);
    expect(lines.find((line) => line.startsWith("a -> b"))).to.match(
      /10 ms \| 10\.3 ms +0\.25 ms \[0\.24 ms, 0\.26 ms\] +1 % \| \? +90 M \| 45 M +1500 \| 1300/,
    );
    expect(lines).to.include("  pi4: 0.25 CPUs, off by a factor of 1.00");
    expect(lines).to.include("? a -> b: overlay: no packet passed").and.to.include("took 50 s");
    expect(characterizationTable(found, { colour: true })).to.contain("\u001b[33m?");
  });
});
