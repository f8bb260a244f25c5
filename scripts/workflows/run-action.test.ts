import { expect } from "chai";
import { execa } from "execa";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFile } from "../../harness/project.ts";

/** Stands for edgeproof: says what it was asked, leaves a run, and ends with the code that the suite is called. */
const command = `
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
const argv = process.argv.slice(2);
appendFileSync(process.env.ASKED, JSON.stringify(argv) + "\\n");
if (argv[0] === "run") {
  const out = argv[argv.indexOf("--output") + 1];
  mkdirSync(out + "/runs/20260131T120000Z-1a2b3c4d-quickstart", { recursive: true });
  process.exitCode = Number(argv[argv.indexOf("--suite") + 1]);
}
if (argv[0] === "report") process.exitCode = 1;
`;

describe("the action edgeproof/run", function () {
  this.timeout(30_000);
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "edgeproof-action-"));
    mkdirSync(join(root, "edgeproof", "scripts"), { recursive: true });
    mkdirSync(join(root, "edgeproof", ".github", "actions", "run"), { recursive: true });
    mkdirSync(join(root, "workspace"));
    const script = join(root, "edgeproof", ".github", "actions", "run", "run.mjs");
    copyFileSync(projectFile(".github", "actions", "run", "run.mjs"), script);
    writeFileSync(join(root, "edgeproof", "scripts", "bootstrap.mjs"), command);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const act = async (what: string, inputs: Record<string, string>) => {
    const script = join(root, "edgeproof", ".github", "actions", "run", "run.mjs");
    const file = (name: string): string => join(root, name);
    const { exitCode } = await execa(process.execPath, [script, what], {
      reject: false,
      env: {
        ...{ GITHUB_WORKSPACE: file("workspace"), GITHUB_OUTPUT: file("output"), ASKED: file("asked") },
        ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`EDGEPROOF_${name}`, value])),
      },
    });
    const lines = (name: string): string[] =>
      existsSync(file(name)) ? readFileSync(file(name), "utf8").trim().split("\n") : [];
    return {
      exitCode,
      outputs: Object.fromEntries(lines("output").map((line) => line.split(/=(.*)/s).slice(0, 2))),
      asked: lines("asked").map((line) => JSON.parse(line) as string[]),
    };
  };

  it("passes inputs on as single arguments, whatever is in them", async () => {
    const { asked } = await act("run", {
      SUITE: "0",
      TOPOLOGY: "$(touch x) ; a b.yaml",
      ARGS: "--seed\n7\n--grep\nwith `spaces`\n",
      OUTPUT: "out",
    });
    const folder = join(root, "workspace", "out");
    expect(asked).to.deep.equal([
      ["run", "--suite", "0", "--topology", "$(touch x) ; a b.yaml", "--output", folder].concat([
        ...["--seed", "7", "--grep", "with `spaces`"],
      ]),
    ]);
  });

  for (const [code, verdict] of Object.entries({
    0: "met",
    1: "missed",
    2: "inconclusive",
    3: "broken",
    64: "broken",
  }))
    it(`ends with edgeproof's exit code and says what it means: ${code}`, async () => {
      const { exitCode, outputs } = await act("run", { SUITE: code });
      expect(exitCode).to.equal(Number(code));
      const run = join(root, "workspace", "edgeproof-report", "runs", "20260131T120000Z-1a2b3c4d-quickstart");
      expect(outputs).to.deep.equal({ run, report: join(run, "report.html"), verdict, "exit-code": code });
    });

  it("judges by other objectives where they are given, but makes no broken run better by it", async () => {
    const judged = await act("run", { SUITE: "0", OBJECTIVES: "slo.yaml" });
    expect(judged.asked.at(-1)).to.include.members(["report", "--objectives"]);
    expect(judged.outputs).to.include({ verdict: "missed" });
    rmSync(join(root, "workspace", "edgeproof-report"), { recursive: true });
    rmSync(join(root, "output"));
    const broken = await act("run", { SUITE: "3", OBJECTIVES: "slo.yaml" });
    expect([broken.exitCode, broken.outputs.verdict, broken.asked.at(-1)![0]]).to.deep.equal([
      3,
      "broken",
      "run",
    ]);
  });

  it("heals", async () => {
    expect((await act("heal", {})).asked).to.deep.equal([["heal"]]);
  });
});
