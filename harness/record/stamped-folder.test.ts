import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { stampedFolder } from "./stamped-folder.ts";
import { START, temporaryFolder } from "./testing.ts";

describe("a folder with the time of its beginning", () => {
  let root: string;
  beforeEach(() => (root = temporaryFolder()));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("is another one for each that begins in the same second", () => {
    const made = [1, 2, 3].map(() => stampedFolder(join(root, "sweeps"), START, "lab"));
    const first = join(root, "sweeps", "20260131T120000Z-lab");
    expect(made).to.deep.equal([first, `${first}-2`, `${first}-3`]);
  });

  it("says where it could not be made", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => stampedFolder(join(root, "file"), START, "lab")).to.throw("cannot write the run");
  });
});
