import { existsSync, readdirSync } from "node:fs";

import { expect } from "chai";

import { projectFile } from "../../harness/project.ts";
import { packedFiles } from "./packed-files.ts";

describe("the package's files", function () {
  this.timeout(60_000);
  let paths: string[];
  before(async () => ({ paths } = await packedFiles()));

  it("are the command, what it needs of fixtures, and the documents, whatever was built", () => {
    expect(paths).to.include.members([
      "package.json",
      "README.md",
      "LICENSE",
      "scripts/edgeproof.mjs",
      "suites/suites.yaml",
      "docs/tutorial.md",
      "fixtures/init/gitignore",
      "fixtures/init/suites/edge.suite.ts",
      "fixtures/k6/function.ts",
      "fixtures/functions/cmd/hello-world/main.go",
    ]);
    const fixtures = (folder: string): string[] =>
      readdirSync(projectFile("fixtures", folder)).map((name) => `fixtures/${folder}/${name}`);
    for (const folder of ["topologies", "scenarios", "objectives", "manifests", "schema"])
      expect(paths).to.include.members(fixtures(folder));
  });

  it("have the go.mod and go.sum of each tool", () => {
    for (const tool of readdirSync(projectFile("fixtures/toolchain")))
      for (const name of ["go.mod", "go.sum"]) {
        const path = `fixtures/toolchain/${tool}/${name}`;
        if (existsSync(projectFile(path))) expect(paths).to.include(path);
      }
  });

  it("have no tests, no sources of the library, no reports and no caches", () => {
    const strangers = paths.filter(
      (path) =>
        /\.test\.|_test\.go$|testing\.(js|d\.ts)$|\.tgz$|\.log$/.test(path) ||
        /^(harness|chaos|reports|node_modules|\.)/.test(path) ||
        path.startsWith("docs/api/"),
    );
    expect(strangers).to.deep.equal([]);
  });
});
