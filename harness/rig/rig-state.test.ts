import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { stateFolder } from "../state-folder.ts";
import {
  type RigState,
  createRigFolder,
  knownRigs,
  readRigState,
  removeRigFolder,
  rigFolder,
  rigMaker,
  writeRigState,
} from "./rig-state.ts";

const stateOf = (rig: string): RigState => ({
  schema: 2,
  rig,
  topologyFile: "/x/quickstart.yaml",
  owner: 42,
  engine: { name: "kubernetes", version: "v1" },
  driver: {
    kind: "container",
    image: "node:1",
    privileges: { kind: "privileged", hostConfig: {} },
    runtimeFolder: "/r",
    binFolder: "/b",
  },
  privileges: "privileged",
  images: [{ name: "fib", reference: "fib:1" }],
  machines: [{ name: "cloud-1", role: "server", site: "cloud", deviceClass: "vm", underlay: "198.18.1.10" }],
});

const mode = (path: string): number => statSync(path).mode & 0o777;

describe("what is kept of a rig", () => {
  const before = process.env.XDG_STATE_HOME;
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "edgeproof-state-"));
    process.env.XDG_STATE_HOME = join(home, "state");
  });
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(home, { recursive: true, force: true });
  });

  it("is read back as it was written, and nothing is known of other rigs", async () => {
    await createRigFolder("lab");
    await writeRigState(stateOf("lab"));
    await writeRigState({ ...stateOf("lab"), machines: [] });
    expect(await readRigState("lab")).to.deep.equal({ ...stateOf("lab"), machines: [] });
    expect(await readRigState("other")).to.equal(undefined);
    expect(readdirSync(rigFolder("lab"))).to.deep.equal(["rig.json"]);
  });

  it("says who makes a rig that has no state yet, while that process lives", async () => {
    expect(await rigMaker("lab")).to.equal(undefined);
    await createRigFolder("lab");
    expect(await rigMaker("lab")).to.equal(process.pid);
    const file = join(rigFolder("lab"), "maker.json");
    expect(mode(file)).to.equal(0o600);
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: "before the last boot" }));
    expect(await rigMaker("lab")).to.equal(undefined);
    await createRigFolder("lab");
    await writeRigState(stateOf("lab"));
    expect(await rigMaker("lab")).to.equal(undefined);
  });

  it("is for its owner only, whatever was there and whatever the umask is", async () => {
    mkdirSync(rigFolder("lab"), { recursive: true });
    chmodSync(rigFolder("lab"), 0o755);
    const umask = process.umask(0);
    try {
      for (const rig of ["lab", "new"]) {
        await createRigFolder(rig);
        await writeRigState(stateOf(rig));
      }
    } finally {
      process.umask(umask);
    }
    for (const rig of ["lab", "new"]) {
      expect(mode(rigFolder(rig))).to.equal(0o700);
      expect(mode(join(rigFolder(rig), "rig.json"))).to.equal(0o600);
    }
  });

  it("goes with the folders above it once they are empty, and not before", async () => {
    const unrelated = join(home, "state/other-program");
    mkdirSync(unrelated, { recursive: true });
    await Promise.all([createRigFolder("a"), createRigFolder("b")]);
    writeFileSync(join(rigFolder("a"), "kubeconfig"), "secret");
    await removeRigFolder("a");
    expect(await knownRigs()).to.deep.equal(["b"]);
    writeFileSync(join(stateFolder(), "kept"), "");
    await removeRigFolder("b");
    expect(readdirSync(stateFolder())).to.deep.equal(["kept"]);
    rmSync(join(stateFolder(), "kept"));
    await createRigFolder("c");
    await removeRigFolder("c");
    expect(existsSync(stateFolder())).to.equal(false);
    expect(existsSync(unrelated)).to.equal(true);
    await removeRigFolder("c");
    expect(await knownRigs()).to.deep.equal([]);
  });

  it("cannot lie elsewhere: a name that no rig can have is refused before anything is removed", async () => {
    await createRigFolder("lab");
    const precious = join(home, "state/precious");
    mkdirSync(precious);
    for (const name of ["../precious", "..", ".", "", "a/b", "Lab", "-a", "a-", "a".repeat(64)]) {
      const error = await removeRigFolder(name).catch((cause: unknown) => cause);
      expect(error, name).to.include({ code: "RIG_NAME", exitCode: 64 });
    }
    expect(existsSync(precious) && existsSync(rigFolder("lab"))).to.equal(true);
  });

  it("lists rigs by name only, past what else lies there", async () => {
    await Promise.all([createRigFolder("b"), createRigFolder("a")]);
    writeFileSync(join(stateFolder(), "rigs/.DS_Store"), "");
    expect(await knownRigs()).to.deep.equal(["a", "b"]);
  });

  it("lies in the home folder where XDG_STATE_HOME is empty or relative", () => {
    const home = stateFolder();
    for (const value of ["", "state", undefined]) {
      if (value === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = value;
      expect(stateFolder())
        .to.match(/^\/.*\.local[\\/]state[\\/]edgeproof$/)
        .and.to.not.equal(home);
    }
  });
});
