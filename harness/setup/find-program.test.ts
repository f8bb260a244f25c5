import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";

import { expect } from "chai";

import { isDebian, missing } from "./apt.ts";
import { findProgram } from "./find-program.ts";

describe("finding a program", () => {
  const path = process.env.PATH;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-path-"));
    for (const name of ["first", "second"]) mkdirSync(join(folder, name));
    process.env.PATH = ["first", "second"].map((name) => join(folder, name)).join(delimiter);
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (name: string, mode: number): void => writeFileSync(join(folder, name), "", { mode });

  it("takes the first on PATH that can be run", () => {
    put("second/epx", 0o755);
    expect(findProgram("epx")).to.equal(join(folder, "second/epx"));
    put("first/epx", 0o755);
    expect(findProgram("epx")).to.equal(join(folder, "first/epx"));
  });

  it("passes over files that cannot be run and folders of that name", () => {
    put("first/epx", 0o644);
    mkdirSync(join(folder, "second/epx"));
    expect(findProgram("epx")).to.equal(undefined);
  });

  it("looks in no folder that depends on where one stands", () => {
    put("first/epx", 0o755);
    process.env.PATH = ["", relative(process.cwd(), join(folder, "first"))].join(delimiter);
    expect(findProgram("epx")).to.equal(undefined);
    delete process.env.PATH;
    expect(findProgram("epx")).to.equal(undefined);
  });

  it("tells which of the programs needed are missing", () => {
    put("first/epx", 0o755);
    const need = (program: string) => ({ program, debianPackage: program, purpose: "" });
    expect(missing([need("epx"), need("epy")]).map(({ program }) => program)).to.deep.equal(["epy"]);
  });
});

describe("the decision to install packages by apt-get", () => {
  it("knows Debian and what is made from it by os-release", () => {
    for (const text of [
      'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n',
      "NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian\n",
      'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    ])
      expect(isDebian(text), text).to.equal(true);
  });

  it("takes nothing else for Debian", () => {
    for (const text of [
      "",
      'ID=fedora\nNAME="like debian"\n',
      'ID="opensuse"\nID_LIKE="suse"\n',
      "VARIANT_ID=debian\nID=alpine\n",
      "ID=notdebian\n",
    ])
      expect(isDebian(text), text).to.equal(false);
  });
});
