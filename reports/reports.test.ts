import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { judge } from "../harness/judge/judge.ts";
import type { Judgement } from "../harness/judge/judgement.ts";
import type { Objective } from "../harness/judge/objective.ts";
import { phase, receipt, runOf, samplesOf } from "../harness/record/testing.ts";
import { junitXml } from "./junit.ts";
import { markdownSummary, writeMarkdownSummary } from "./markdown-summary.ts";
import { verdictTable, wantsColour } from "./verdict-table.ts";
import { escapeXml } from "./xml.ts";

const typ = phase("typ", { profile: "typ" });
const lossy = phase("lossy", { profile: "lossy", faults: ["wan"] });
const durations = Array.from({ length: 300 }, (_, index) => index + 1);
const run = runOf({
  phases: [typ, lossy],
  samples: [...samplesOf(typ, durations), ...samplesOf(lossy, durations)],
  events: [
    {
      type: "receipt",
      at: 1,
      receipt: receipt("wan", "lossy", { held: false, reasons: ["loss 0 % | <b>"] }),
    },
  ],
});
const fast = (name: string, limit: number, inPhase: string): Objective => ({
  name,
  quantity: "response-time",
  percentile: "p95",
  limit,
  scope: { phase: inPhase },
});
const judgements: Judgement[] = judge(run, [
  fast("met-one", 1000, "typ"),
  fast("missed-one", 5, "typ"),
  fast("unsure-one", 285, "typ"),
  fast("broken-one", 1000, "lossy"),
]);

describe("the verdict table", () => {
  it("has a row for each judgement, the reasons, and the overall verdict last", () => {
    const lines = verdictTable(judgements).trimEnd().split("\n");
    expect(lines[0]).to.match(/^verdict +objective +profile +phase +expected +received +n$/);
    expect(lines[1]).to.match(/^✓ met +met-one +typ +typ +p95 <= 1 s +285 ms \[\d+ ms, \d+ ms\] +300$/);
    expect(lines.join("\n")).to.contain("reaches across the limit").and.to.contain("loss 0 % | <b>");
    expect(lines.at(-1)).to.equal("broken: 1 met, 1 missed, 1 inconclusive, 1 broken");
  });

  it("is coloured only where that is wanted", () => {
    expect(verdictTable(judgements)).to.not.contain("\u001b");
    expect(verdictTable(judgements, { colour: true })).to.contain("\u001b[31m✗ missed");
    const tty = { isTTY: true };
    expect(wantsColour(tty, {})).to.equal(true);
    expect(wantsColour(tty, { NO_COLOR: "1", FORCE_COLOR: "1" })).to.equal(false);
    expect(wantsColour(tty, { TERM: "dumb" })).to.equal(false);
    expect(wantsColour({}, {})).to.equal(false);
    expect(wantsColour({}, { FORCE_COLOR: "1" })).to.equal(true);
  });

  it("says so when nothing was judged", () => {
    expect(verdictTable([])).to.equal("inconclusive: nothing was judged\n");
  });
});

describe("the Markdown summary", () => {
  it("has the verdict first, and what it rests on after", () => {
    const text = markdownSummary(run, judgements);
    expect(text.split("\n")[0]).to.equal("# broken: quickstart");
    expect(text).to.contain("| ✗ missed | missed-one |").and.to.contain("NOT HELD");
    expect(text).to.contain("labels only, not emulated");
  });

  it("lets no text out of its cell", () => {
    const text = markdownSummary(run, judgements);
    expect(text).to.not.contain("<b>");
    expect(text).to.contain("loss 0 % \\| &lt;b&gt;");
  });

  it("is written into the run's folder and appended to a GitHub step's summary", () => {
    const folder = mkdtempSync(join(tmpdir(), "edgeproof-summary-"));
    try {
      const step = join(folder, "step.md");
      const file = writeMarkdownSummary({ ...run, folder }, judgements, { GITHUB_STEP_SUMMARY: step });
      expect(file).to.equal(join(folder, "summary.md"));
      expect(readFileSync(step, "utf8")).to.equal(`${readFileSync(file, "utf8")}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the JUnit report", () => {
  it("has a failure for what was missed and an error for what could not be judged", () => {
    const xml = junitXml(run, judgements);
    expect(xml).to.contain('<testsuite name="typ" tests="3" failures="1" errors="1" skipped="0"');
    expect(xml).to.contain('<testsuite name="lossy" tests="1" failures="0" errors="1"');
    expect(xml).to.contain('<failure type="missed"').and.to.contain('<error type="broken"');
    expect(xml).to.contain("&lt;b&gt;").and.to.not.contain("<b>");
  });

  it("replaces characters that XML does not allow", () => {
    expect(escapeXml("a\u0000b<'\">&")).to.equal("a\ufffdb&lt;&#39;&quot;&gt;&amp;");
  });
});
