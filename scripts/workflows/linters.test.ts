import { expect } from "chai";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

describe("the workflows", () => {
  const files = readdirSync(projectFile(".github", "workflows"));
  for (const file of files) {
    it(`pins actions by a commit with the version beside it: ${file}`, () => {
      const text = readFileSync(projectFile(".github", "workflows", file), "utf8");
      const uses = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, action]) => !action!.startsWith("./"));
      expect(uses).to.not.have.length(0);
      for (const [line, action, comment] of uses) {
        expect(action, line).to.match(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        expect(comment, line).to.match(/^ # v\d+\.\d+\.\d+$/);
      }
    });
  }

  it("pins an action to the same commit everywhere", () => {
    const pins = new Map<string, Set<string>>();
    for (const file of files) {
      const text = readFileSync(projectFile(".github", "workflows", file), "utf8");
      for (const [, action, commit] of text.matchAll(/uses: ([\w/-]+)@(\S+)/g))
        pins.set(action!, (pins.get(action!) ?? new Set<string>()).add(commit!));
    }
    for (const [action, commits] of pins) expect([...commits], action).to.have.length(1);
  });
});
