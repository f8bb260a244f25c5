import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendStepSummary, STEP_SUMMARY_BYTES } from "./step-summary.ts";

describe("the summary of a GitHub step", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-step-"));
    file = join(folder, "summary.md");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const append = (text: string) => appendStepSummary(text, { GITHUB_STEP_SUMMARY: file });

  it("gets what is appended, one text after the other, and nothing outside of GitHub", () => {
    appendStepSummary("# met: a", {});
    expect(existsSync(file)).to.equal(false);
    append("# met: a\n");
    append("# missed: b\n");
    expect(readFileSync(file, "utf8")).to.equal("# met: a\n\n# missed: b\n\n");
  });

  it("keeps the verdict, which is first, of a text that is too long, and says that it was cut", () => {
    append(`# missed: quickstart\n${"a row of a table, with an umlaut: ä\n".repeat(40_000)}`);
    const text = readFileSync(file, "utf8");
    expect(text)
      .to.match(/^# missed: quickstart\n/)
      .and.to.match(/cut here/);
    expect(
      text
        .split("\n")
        .slice(1, -3)
        .every((line) => line === "" || line.endsWith("ä")),
    ).to.equal(true);
    expect(statSync(file).size).to.be.within(STEP_SUMMARY_BYTES - 200, STEP_SUMMARY_BYTES);
  });

  it("does not grow beyond the limit by a second text", () => {
    writeFileSync(file, "x".repeat(STEP_SUMMARY_BYTES - 10));
    append("# met: a second run\n");
    expect(statSync(file).size).to.equal(STEP_SUMMARY_BYTES - 10);
  });
});
