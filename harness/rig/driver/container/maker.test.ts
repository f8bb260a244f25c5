import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { stateFolder } from "../../../state-folder.ts";
import { ownLabels } from "./labels.ts";
import { whyOthers } from "./maker.ts";

describe("whose the containers and networks of a rig are", () => {
  const before = process.env.XDG_STATE_HOME;
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "edgeproof-maker-"));
    process.env.XDG_STATE_HOME = join(home, "mine");
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(home, { recursive: true, force: true });
  });

  /** Labels of what another user's edgeproof makes, in this process or in one that has ended. */
  const theirs = (changes: Record<string, string> = {}): Record<string, string> => {
    process.env.XDG_STATE_HOME = join(home, "theirs");
    const labels = { ...ownLabels("lab"), ...changes };
    process.env.XDG_STATE_HOME = join(home, "mine");
    return labels;
  };
  const ended = async (): Promise<string> => {
    const child = spawn("true");
    await once(child, "close");
    return `${child.pid} 1`;
  };
  const theirState = (): void => void mkdirSync(join(home, "theirs/edgeproof/rigs/lab"), { recursive: true });

  it("are this state folder's own, while it knows of the rig and after a kill took what it knew", async () => {
    expect(whyOthers("lab", ownLabels("lab"))).to.equal(undefined);
    const dead = { ...ownLabels("lab"), "edgeproof.process": await ended() };
    expect(whyOthers("lab", dead)).to.equal(undefined);
    mkdirSync(join(stateFolder(), "rigs/lab"), { recursive: true });
    expect(whyOthers("lab", dead)).to.equal(undefined);
  });

  it("are somebody else's while the process that made them lives, or its state folder tells of the rig", async () => {
    expect(whyOthers("lab", theirs())).to.equal(
      `process ${process.pid} made it, with its state in ${join(home, "theirs/edgeproof")}`,
    );
    const dead = theirs({ "edgeproof.process": await ended() });
    theirState();
    // As `edgeproof up` leaves one: nobody runs, and the rig is in use.
    expect(whyOthers("lab", dead)).to.equal(`its state is in ${join(home, "theirs/edgeproof")}`);
    expect(whyOthers("other", dead)).to.equal(undefined);
  });

  it("are orphans once the process is gone and no folder tells of the rig, that of a deleted home included", async () => {
    const dead = theirs({ "edgeproof.process": await ended() });
    expect(whyOthers("lab", dead)).to.equal(undefined);
    // The same number belongs to another process by now.
    expect(whyOthers("lab", theirs({ "edgeproof.process": `${process.pid} 1` }))).to.equal(undefined);
  });

  it("are nobody's to remove unasked where it cannot be told: no maker's labels, another host, a folder that is a secret", async () => {
    expect(whyOthers("lab", { "edgeproof.rig": "lab" })).to.match(/did not say who it is/);
    const elsewhere = theirs({ "edgeproof.host": "elsewhere", "edgeproof.process": await ended() });
    expect(whyOthers("lab", elsewhere)).to.equal("it was made from elsewhere");
    // A link that leads round in a circle cannot be looked into, by root neither.
    mkdirSync(join(home, "theirs"));
    symlinkSync("edgeproof", join(home, "theirs/edgeproof"));
    expect(whyOthers("lab", theirs({ "edgeproof.process": await ended() }))).to.match(/^its state is in/);
  });
});
