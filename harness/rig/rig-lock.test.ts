import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { projectFile } from "../project.ts";
import { dropDeadLock, lockHolder, lockRig } from "./rig-lock.ts";
import { createRigFolder, rigFolder } from "./rig-state.ts";

describe("the lock of a rig", function () {
  this.timeout(30_000);
  const before = process.env.XDG_STATE_HOME;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-lock-"));
    process.env.XDG_STATE_HOME = folder;
    await createRigFolder("lab");
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(folder, { recursive: true, force: true });
  });

  const holder = async (): Promise<ChildProcess> => {
    const code = `import { lockRig } from "./harness/rig/rig-lock.ts";
      lockRig("lab", "run --suite x"); console.log("locked"); setInterval(() => {}, 1000);`;
    const argv = ["--import", "tsx", "--input-type=module", "-e", code];
    const child = spawn(process.execPath, argv, {
      cwd: projectFile("."),
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    return child;
  };

  it("refuses a second one while the first lives, and says who has it; the first keeps it", async () => {
    const child = await holder();
    try {
      for (let turn = 0; turn < 2; turn++)
        expect(() => lockRig("lab", "heal"))
          .to.throw(/lab is in use/)
          .with.property("where", `process ${child.pid}, \`run --suite x\``);
      expect(lockHolder("lab")).to.include({ pid: child.pid, purpose: "run --suite x" });
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is free again when its holder was killed, and leaves no file when it is released", async () => {
    const child = await holder();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(lockHolder("lab")).to.equal(undefined);
    const lock = lockRig("lab", "heal");
    expect(lockHolder("lab")).to.include({ pid: process.pid });
    lock[Symbol.dispose]();
    expect(readdirSync(rigFolder("lab"))).to.deep.equal(["maker.json"]);
  });

  it("is dropped without a new one where its holder is dead, and only then", async () => {
    const child = await holder();
    dropDeadLock("lab");
    expect(lockHolder("lab")).to.include({ pid: child.pid });
    child.kill("SIGKILL");
    await once(child, "exit");
    dropDeadLock("lab");
    dropDeadLock("lab");
    expect(readdirSync(rigFolder("lab"))).to.deep.equal(["maker.json"]);
  });

  it("does not take a later process for the one that had the same number", () => {
    const file = join(rigFolder("lab"), "lock.json");
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: "1", purpose: "run" }));
    expect(lockHolder("lab")).to.equal(undefined);
    lockRig("lab", "heal")[Symbol.dispose]();
    expect(existsSync(file)).to.equal(false);
  });
});
