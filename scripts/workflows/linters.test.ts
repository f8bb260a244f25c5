import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFile } from "../../harness/project.ts";
import { findProgram } from "../../harness/setup/find-program.ts";
import { lint, type Linter, LINTERS, lintWorkflows, PLANTED } from "./linters.ts";

describe("the linters of workflows", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-linters-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const linter of LINTERS) {
    it(`finds what is planted, and what is planted into a workflow of ours: ${linter.name}`, async function () {
      // `npm run check` gets it; the tests alone do not build or download anything.
      const program = await linter.program({ install: false });
      if (program === undefined) return this.skip();
      const planted = await lint(linter, program, [PLANTED]);
      expect(planted.clean).to.equal(false);
      for (const pattern of linter.finds) expect(planted.text).to.match(pattern);

      const ours = readFileSync(projectFile(".github", "workflows", "ci.yml"), "utf8");
      const file = join(folder, "ci.yml");
      writeFileSync(file, ours);
      const before = await lint(linter, program, [file]);
      expect(before.clean, before.text).to.equal(true);
      writeFileSync(file, ours.replace("run: npm run check", 'run: echo "${{ github.head_ref }}"'));
      expect((await lint(linter, program, [file])).clean).to.equal(false);
      return undefined;
    });
  }

  const linter = (program: string | undefined): Linter => ({
    name: "a-linter",
    program: () => Promise.resolve(program),
    needs: "a thing",
    argv: [],
    all: [],
    finds: [/planted/],
  });

  it("is skipped aloud where it cannot be had, and fails in CI", async () => {
    const text = "a-linter was not run: needs a thing";
    expect(await lintWorkflows(linter(undefined), {})).to.deep.equal({ state: "skipped", text });
    expect(await lintWorkflows(linter(undefined), { CI: "true" })).to.deep.equal({ state: "failed", text });
  });

  it("is not believed when it finds nothing in the planted file", async () => {
    const { state, text } = await lintWorkflows(linter(findProgram("true")), {});
    expect(state).to.equal("failed");
    expect(text).to.contain("does not find what is planted");
  });

  it("fails, and does not pass, where its program does not run", async () => {
    expect((await lint(linter(undefined), join(folder, "absent"))).clean).to.equal(false);
  });
});
