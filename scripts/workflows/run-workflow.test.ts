import { expect } from "chai";
import { execa } from "execa";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFile } from "../../harness/project.ts";
import { evaluate, filled, holds, type Scope } from "./expressions.ts";
import { JobRun } from "./run-job.ts";
import { combinations, defaultInputs, readWorkflow } from "./workflow-file.ts";

const WORKFLOW = `
name: small
on:
  push:
  workflow_dispatch:
    inputs: { who: { default: nobody } }
env: { LEVEL: workflow, GREETING: hello }
jobs:
  all:
    strategy: { matrix: { runner: [ubuntu-24.04, ubuntu-24.04-arm], node: [20] } }
    env: { LEVEL: job, FULL: "\${{ env.GREETING }} \${{ inputs.who }}" }
    timeout-minutes: 1
    steps:
      - uses: actions/checkout@0000000000000000000000000000000000000000 # v1.0.0
        with: { persist-credentials: false }
      - uses: some/thing@0000000000000000000000000000000000000000 # v1.0.0
      - id: first
        env: { LEVEL: step }
        run: |
          echo "$LEVEL $FULL" > levels
          echo "word=from-first" >> "$GITHUB_OUTPUT"
          echo "LATER=yes" >> "$GITHUB_ENV"
          echo "# met: small" >> "$GITHUB_STEP_SUMMARY"
      - run: echo "\${{ steps.first.outputs.word }} $LATER \${{ matrix.node }} $LEVEL" > second
      - name: a pipe that fails in the middle
        shell: bash
        run: |
          false | true
          touch never
      - run: touch after-a-failure
      - if: failure()
        run: touch on-failure
      - if: \${{ always() && matrix.node == 20 }}
        run: touch always
      - uses: actions/upload-artifact@0000000000000000000000000000000000000000 # v1.0.0
        if: always()
        with: { path: levels }
  endless:
    timeout-minutes: 0.01
    steps:
      - run: sleep 20
      - if: always()
        run: touch healed
`;

describe("running a workflow's job on this machine", function () {
  this.timeout(30_000);
  let root: string;
  let repository: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "edgeproof-run-job-"));
    repository = join(root, "repository");
    mkdirSync(repository);
    writeFileSync(join(root, "small.yml"), WORKFLOW);
    writeFileSync(join(repository, "committed"), "");
    const git = (...argv: string[]) =>
      execa("git", ["-c", "user.name=t", "-c", "user.email=t@example.invalid", ...argv], { cwd: repository });
    await git("init", "--quiet");
    await git("add", ".");
    await git("commit", "--quiet", "-m", "one file");
    writeFileSync(join(repository, "not-committed"), "");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const run = async (name: string, options: { dryRun?: boolean; skip?: string[] } = {}) => {
    const workflow = readWorkflow(join(root, "small.yml"));
    const job = workflow.jobs[name]!;
    const folder = mkdtempSync(join(root, "run-"));
    const said: string[] = [];
    const [matrix = {}] = combinations(job);
    const results = await new JobRun({
      ...{ workflow, job, repository, folder, dryRun: false, skip: [], signal: new AbortController().signal },
      ...options,
      contexts: { matrix, inputs: defaultInputs(workflow), github: {} },
      say: (line) => said.push(line),
    }).run();
    const there = (file: string): boolean => existsSync(join(folder, "workspace", file));
    const text = (file: string): string => readFileSync(join(folder, "workspace", file), "utf8").trim();
    return { states: results.map(({ state }) => state), said: said.join("\n"), there, text, folder };
  };

  it("runs the steps in a clone of what is committed, with GitHub's files, environments and conditions", async () => {
    const { states, there, text, said, folder } = await run("all");
    expect(there("committed")).to.equal(true);
    expect(there("not-committed")).to.equal(false);
    expect(said).to.contain("1 files here are not committed");
    expect(text("levels")).to.equal("step hello nobody");
    expect(text("second")).to.equal("from-first yes 20 job");
    expect(readFileSync(join(folder, "summary.md"), "utf8")).to.equal("# met: small\n");
    expect(states).to.deep.equal(["ok", "not-here", "ok", "ok", "failed", "skipped", "ok", "ok", "ok"]);
    const made = ["never", "after-a-failure", "on-failure", "always"].map(there);
    expect(made).to.deep.equal([false, false, true, true]);
  });

  it("says what it would run, and what it cannot, and runs nothing, where asked so", async () => {
    const { states, there, said } = await run("all", { dryRun: true });
    expect(there("")).to.equal(false);
    expect(new Set(states)).to.deep.equal(new Set(["planned", "skipped"]));
    expect(said).to.contain("touch after-a-failure").and.to.contain("persist-credentials: false");
  });

  it("leaves out a step by its text", async () => {
    const { states, there } = await run("all", { skip: ["false | true"] });
    expect(states[4]).to.equal("left-out");
    expect([there("after-a-failure"), there("on-failure")]).to.deep.equal([true, false]);
  });

  it("ends a job whose time is up, and still runs what is for its end", async () => {
    const { states, there } = await run("endless");
    expect(states).to.deep.equal(["failed", "ok"]);
    expect(there("healed")).to.equal(true);
  });

  it("plans our own workflow from the command line", async () => {
    const file = projectFile("scripts", "workflows", "run-workflow.ts");
    const argv = ["--import", import.meta.resolve("tsx"), file, "ci", "check", "--dry-run"];
    const { stdout, exitCode } = await execa(process.execPath, argv, { reject: false });
    expect(stdout).to.contain("npm run check").and.to.contain("5 would be done");
    expect(exitCode).to.equal(0);
  });
});

describe("GitHub's expressions", () => {
  const scope: Scope = {
    contexts: { github: { event_name: "push", event: { number: 7 } }, inputs: { suite: "" }, vars: {} },
    functions: { always: () => true, echo: (...given) => given },
  };

  for (const [expression, value] of Object.entries({
    "github.event_name == 'PUSH'": true,
    "inputs.suite || 'quickstart'": "quickstart",
    "github.event.number == '7'": true,
    "github['event']['number']": 7,
    "vars.NOTHING.AT.ALL": null,
    "vars.NOTHING != ''": false,
    "!inputs.suite && (1 == 2 || always())": true,
    "'it''s'": "it's",
  }))
    it(`have the value that they have on GitHub: ${expression}`, () => {
      expect(evaluate(expression, scope)).to.deep.equal(value);
    });

  it("are filled into text, and hold as conditions with and without their braces", () => {
    expect(filled("a-${{ github.event.number }}-${{ vars.X }}b", scope)).to.equal("a-7-b");
    expect([holds("${{ always() }}", scope), holds("inputs.suite", scope)]).to.deep.equal([true, false]);
  });

  for (const wrong of ["1 +", "github.", "unknown()", "(1", "'open"])
    it(`are refused where they are not understood: ${wrong}`, () => {
      expect(() => evaluate(wrong, scope)).to.throw();
    });
});
