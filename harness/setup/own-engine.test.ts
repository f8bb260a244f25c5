import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { runs } from "../agent/testing.ts";
import { TestNamespace, whyNoNamespace } from "./testing.ts";

const STOP = `import { ownsEngine, stopOwnEngine } from "./harness/setup/own-engine.ts";
  const owned = ownsEngine();
  console.log(JSON.stringify([owned, await stopOwnEngine(), ownsEngine()]));`;

/** No engine is started: a record of one is enough, in a network namespace of the test's own. */
describe("stopping the engine that edgeproof started", function () {
  this.timeout(60_000);
  let host: TestNamespace;
  let state: string;

  before(function () {
    const reason = whyNoNamespace();
    if (!reason) return;
    console.log(`skipped: ${reason}`);
    this.skip();
  });
  beforeEach(async () => {
    host = await TestNamespace.create();
    state = mkdtempSync(join(tmpdir(), "edgeproof-state-"));
  });
  afterEach(async () => {
    await host?.destroy();
    if (state) rmSync(state, { recursive: true, force: true });
  });

  const record = (pid: number, startTime: string): void => {
    mkdirSync(join(state, "edgeproof/engine"), { recursive: true });
    const network = { tables: [], links: ["lo"], switches: { "net/ipv4/ip_forward": "0" } };
    writeFileSync(join(state, "edgeproof/engine/engine.json"), JSON.stringify({ pid, startTime, network }));
  };
  const stop = async (): Promise<unknown> => JSON.parse(await host.module(STOP, { XDG_STATE_HOME: state }));
  const startTimeOf = (pid: number): string => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  };
  /** A process that stands for dockerd. */
  const sleeper = async (): Promise<number> => {
    const child = spawn("sleep", ["120"]);
    await once(child, "spawn");
    return child.pid!;
  };

  it("does nothing where there is no record", async () => {
    expect(await stop()).to.deep.equal([false, false, false]);
  });

  it("cleans up after one that is gone already, and leaves no record", async () => {
    const child = spawn("true");
    await once(child, "exit");
    record(child.pid!, "123");
    await host.run("nft add table ip nat");
    await host.run("ip link add docker0 type bridge");
    await host.run("sysctl -q -w net.ipv4.ip_forward=1");
    expect(await stop()).to.deep.equal([true, true, false]);
    expect(await host.run("nft list tables")).to.deep.equal([""]);
    expect(await host.run("ip -o link")).to.have.length(1);
    expect(await host.run("sysctl -n net.ipv4.ip_forward")).to.deep.equal(["0"]);
    expect(existsSync(join(state, "edgeproof"))).to.equal(false);
  });

  it("ends the process of the record, and not a later one with the same number", async () => {
    const [ours, others] = [await sleeper(), await sleeper()];
    try {
      record(ours, startTimeOf(ours));
      expect(await stop()).to.deep.equal([true, true, false]);
      expect(runs(ours)).to.equal(false);
      record(others, "1");
      expect(await stop()).to.deep.equal([true, true, false]);
      expect(runs(others)).to.equal(true);
    } finally {
      process.kill(others, "SIGKILL");
    }
  });

  it("does not wait for one that ended and that nobody reaps", async () => {
    // The shell's child ends, and the shell becomes a program that never asks after it.
    const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 120"]);
    try {
      const [line] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(String(line));
      const startTime = startTimeOf(pid);
      while (runs(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(existsSync(`/proc/${pid}`), "a zombie").to.equal(true);
      record(pid, startTime);
      expect(await stop()).to.deep.equal([true, true, false]);
    } finally {
      parent.kill("SIGKILL");
    }
  });
});
