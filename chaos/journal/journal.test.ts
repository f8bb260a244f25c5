import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import type { Undo } from "./change.ts";
import { Journal, readJournal } from "./journal.ts";

const RUN = { pid: 42, started: "1" };
const UNDO: Undo = { kind: "power", node: "pi4-1", action: "start" };

describe("the journal of a rig", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-journal-"));
    file = join(folder, "journal.ndjson");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const whats = () => readJournal(folder).map(({ what }) => what);

  it("is read by another process as it was written: what is not done, in order, each with its own id", () => {
    const journal = Journal.begin(folder, RUN);
    const [a, b, c] = ["a", "b", "c"].map((what) => journal.add("kill", what, UNDO));
    journal.done(b!.id);
    expect(readJournal(folder)).to.deep.equal([a, c]);
    expect(a).to.include({ fault: "kill", what: "a", undo: UNDO, run: RUN });
    expect(new Set([a!.id, b!.id, c!.id]).size).to.equal(3);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    journal.close();
    expect(whats()).to.deep.equal(["a", "c"]);
  });

  it("leaves no file where all was undone, and is empty where there is none", () => {
    const journal = Journal.begin(folder, RUN);
    journal.done(journal.add("kill", "a", UNDO).id);
    journal.close();
    expect(existsSync(file)).to.equal(false);
    expect(readJournal(folder)).to.deep.equal([]);
  });

  it("refuses to begin on top of what a killed run left, and says what that is", () => {
    const dead = Journal.begin(folder, RUN);
    dead.add("kill", "power cut of pi4-1", UNDO);
    expect(() => Journal.begin(folder, RUN))
      .to.throw(/still in force/)
      .with.property("where", "kill: power cut of pi4-1");
  });

  it("can be taken over to mark the rest as done", () => {
    const left = Journal.begin(folder, RUN).add("kill", "a", UNDO);
    const taken = Journal.resume(folder, { pid: 43, started: "2" });
    expect(taken.pending()).to.deep.equal([left]);
    taken.done(left.id);
    taken.close();
    expect(existsSync(file)).to.equal(false);
  });

  it("does without a last line that was cut, whatever follows it", () => {
    Journal.begin(folder, RUN).add("kill", "a", UNDO);
    appendFileSync(file, '{"type":"undo","id":"torn","wh');
    expect(whats()).to.deep.equal(["a"]);
    const taken = Journal.resume(folder, RUN);
    taken.add("kill", "b", UNDO);
    expect(whats()).to.deep.equal(["a", "b"]);
  });

  it("names the line that somebody damaged", () => {
    writeFileSync(file, '{"type":"done","id":"x"}\nnonsense\n');
    expect(() => readJournal(folder))
      .to.throw(/cannot be read/)
      .with.property("where", `${file}:2`);
  });

  it("records nothing on a full disk, says so, and can still end", function () {
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", folder]);
    if (mount.status !== 0) this.skip();
    try {
      const journal = Journal.begin(folder, RUN);
      const first = journal.add("kill", "a", UNDO);
      spawnSync("dd", ["if=/dev/zero", `of=${join(folder, "filler")}`, "bs=4k"]);
      // The rest of the file's own block is still free.
      const add = () => journal.add("kill", "x".repeat(5_000), UNDO);
      expect(add).to.throw(/was not begun: its undo step cannot be written/);
      expect(whats()).to.deep.equal(["a"]);
      expect(readFileSync(file, "utf8")).to.match(/\n$/);
      journal.done(first.id);
      expect(journal.pending()).to.deep.equal([]);
      journal.close();
      expect(existsSync(file)).to.equal(false);
    } finally {
      spawnSync("umount", ["-l", folder]);
    }
  });
});
