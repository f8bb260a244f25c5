import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { projectFile } from "../project.ts";
import { edgeproof } from "./testing.ts";

const FILES = [
  ".github/workflows/edge.yml",
  ".gitignore",
  "README.md",
  "objectives.yaml",
  "package.json",
  "suites/edge.suite.ts",
  "suites/suites.yaml",
  "topology.yaml",
  "tsconfig.json",
];

describe("edgeproof init", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-init-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const files = (of: string): string[] =>
    readdirSync(of, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(of.length + 1))
      .toSorted();

  it("writes a project whose suite can be planned as it is, and says what comes next", async () => {
    const { exitCode, stdout } = await edgeproof(folder, "init", "mine");
    expect(exitCode).to.equal(0);
    const project = join(folder, "mine");
    expect(files(project)).to.deep.equal(FILES);
    expect(stdout.trimEnd().split("\n").at(-1)).to.match(/npx edgeproof run --suite edge/);
    const plan = await edgeproof(project, "plan", "--suite", "edge");
    expect(plan.stderr + plan.stdout).to.match(
      /would run suites\/edge\.suite\.ts\nwould judge 4 objectives of objectives\.yaml\nnothing was touched/,
    );
    expect(plan.stdout).to.match(/^topology edge:/);
  });

  it("refuses a folder that has something, lists it, and touches nothing", async () => {
    writeFileSync(join(folder, "notes.txt"), "mine");
    mkdirSync(join(folder, "src"));
    const { exitCode, stdout, stderr } = await edgeproof(folder, "init");
    expect([exitCode, stdout]).to.deep.equal([64, ""]);
    expect(stderr)
      .to.match(/the folder has notes\.txt, src \[init-not-empty\]/)
      .and.to.match(/--force/);
    expect(files(folder)).to.deep.equal(["notes.txt"]);
  });

  it("takes a folder with nothing but git's own for empty", async () => {
    mkdirSync(join(folder, ".git"));
    expect((await edgeproof(folder, "init", ".")).exitCode).to.equal(0);
  });

  it("adds with --force what is missing and changes nothing, and tells programs so", async () => {
    writeFileSync(join(folder, "package.json"), "{}");
    writeFileSync(join(folder, "topology.yaml"), "name: mine");
    const { exitCode, stdout } = await edgeproof(folder, "init", "--force", "--json");
    expect(exitCode).to.equal(0);
    const told = JSON.parse(stdout) as { kept: string[]; written: string[]; next: string[] };
    expect(told.kept).to.deep.equal(["package.json", "topology.yaml"]);
    expect([...told.kept, ...told.written].toSorted()).to.deep.equal(FILES);
    expect(told.next.join("\n")).to.match(/npm pkg set type=module/);
    expect(readFileSync(join(folder, "topology.yaml"), "utf8")).to.equal("name: mine");
    expect(files(folder)).to.deep.equal(FILES);
  });

  it("names the source of edgeproof that it is told, and the versions that it is checked with", async () => {
    await edgeproof(folder, "init", "My Edge", "--package", "file:../edgeproof.tgz");
    const text = readFileSync(join(folder, "My Edge", "package.json"), "utf8");
    const { name, devDependencies } = JSON.parse(text);
    const own = JSON.parse(readFileSync(projectFile("package.json"), "utf8"));
    expect(name).to.equal("my-edge");
    expect(devDependencies.edgeproof).to.equal("file:../edgeproof.tgz");
    expect(devDependencies.typescript).to.equal(own.devDependencies.typescript);
  });

  it("pins the actions of its workflow as edgeproof's own does", () => {
    const uses = (path: string): string[] =>
      [...readFileSync(projectFile(path), "utf8").matchAll(/uses: (.+)/g)].map(([, action = ""]) => action);
    const own = uses(".github/workflows/ci.yml");
    const written = uses("fixtures/init/workflow.yml");
    expect(written).to.have.length.above(3);
    expect(own).to.include.members(written);
  });
});
