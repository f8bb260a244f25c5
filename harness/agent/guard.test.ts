import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { projectFile } from "../project.ts";
import { AgentNode } from "../rig/driver/agent-node.ts";
import type { NodeUndo } from "../rig/node-handle.ts";
import { GuardLink } from "./guard-link.ts";
import { TestAgent, eventually, runs, startTestGuard } from "./testing.ts";
import { undoStoredLeases } from "./undo-stored-leases.ts";

const LONG = 60_000;

describe("leases of a node", function () {
  this.timeout(60_000);
  let agent: TestAgent;
  let node: AgentNode;
  beforeEach(async () => {
    agent = new TestAgent();
    await agent.boot();
    node = agent.node();
  });
  afterEach(() => agent.destroy());

  /** Undo steps append a word to a file, so that their order can be seen. */
  const order = (): string[] =>
    existsSync(agent.path("order"))
      ? readFileSync(agent.path("order"), "utf8").split(" ").filter(Boolean)
      : [];
  const says = (word: string): NodeUndo => ({
    kind: "exec",
    argv: ["sh", "-c", `printf '%s ' ${word} >> "$0"`, agent.path("order")],
  });
  const lease = (id: string, ttlMs: number, undo = says(id)) =>
    node.lease({ id, fault: "some-fault", what: `change ${id}`, undo }, ttlMs);
  const ids = async () => (await node.leases()).map(({ id }) => id);
  const files = () => (existsSync(agent.path("leases")) ? readdirSync(agent.path("leases")) : []);
  const guardPid = (): number => agent.guards.at(-1)!.pid!;
  const log = () => readFileSync(agent.path("logs/guard.log"), "utf8");

  it("need no guard while there are none", async () => {
    expect(await node.leases()).to.deep.equal([]);
    await node.renewLeases(LONG);
    await node.releaseLease("none");
    await node.forgetLease("none");
    expect(agent.guards).to.have.length(0);
  });

  it("are on the disk before they are granted, and tell what they undo and when", async () => {
    const before = Date.now();
    await lease("a", LONG);
    expect(files()).to.have.length(1);
    const [found] = await node.leases();
    expect(found).to.deep.include({ id: "a", fault: "some-fault", what: "change a", undo: says("a") });
    expect(found!.expiresAt).to.be.within(before + LONG - 100, Date.now() + LONG + 100);
    expect(order()).to.deep.equal([]);
  });

  it("are undone by the node when nobody renews them, latest first, and the log says what was undone", async () => {
    for (const id of ["a", "b", "c"]) await lease(id, LONG);
    await node.renewLeases(500);
    await lease("kept", LONG);
    await eventually(() => order().length === 3);
    expect(order()).to.deep.equal(["c", "b", "a"]);
    await eventually(() => files().length === 1);
    expect(await ids()).to.deep.equal(["kept"]);
    expect(log()).to.match(/undone \(not renewed in time\): some-fault: change c \[c\]/);
  });

  it("run on when they are renewed", async () => {
    await lease("a", 3_000);
    for (let turn = 0; turn < 5; turn++) {
      await delay(800);
      await node.renewLeases(3_000);
    }
    expect(order()).to.deep.equal([]);
    await eventually(() => order().join() === "a");
  });

  it("are undone once and forgotten when released, and forgotten without being undone when told so", async () => {
    await lease("a", LONG);
    await lease("b", LONG);
    await node.releaseLease("a");
    await node.releaseLease("a");
    await node.forgetLease("b");
    expect(order()).to.deep.equal(["a"]);
    expect(files()).to.deep.equal([]);
  });

  it("end the guard with the last of them, and start one with the next", async () => {
    await lease("a", LONG);
    const first = guardPid();
    await node.releaseLease("a");
    await eventually(() => !runs(first), 8_000);
    await lease("b", LONG);
    expect(await ids()).to.deep.equal(["b"]);
    expect(guardPid()).to.not.equal(first);
  });

  it("are tried again until their undo succeeds, and tell who releases them that it failed", async () => {
    const stubborn: NodeUndo = {
      kind: "exec",
      argv: ["sh", "-c", `echo not yet >&2; test -e "$0"`, agent.path("go")],
    };
    await lease("stubborn", LONG, stubborn);
    await lease("b", LONG);
    const error = await node.releaseLease("stubborn").then(
      () => expect.fail("released"),
      (cause: unknown) => cause as Error,
    );
    expect(error.message).to.match(/ended with 1: not yet/);
    await node.renewLeases(LONG);
    expect(await ids()).to.deep.equal(["stubborn", "b"]);
    writeFileSync(agent.path("go"), "");
    await eventually(() => files().length === 1, 8_000);
    expect(log()).to.match(/NOT undone, again in 1 s: some-fault: change stubborn/);
    expect(await ids()).to.deep.equal(["b"]);
  });

  it("do not hold each other up when one fails", async () => {
    await lease("a", 300);
    await lease("bad", 300, { kind: "exec", argv: ["/nowhere/prog"] });
    // A lease is forgotten a moment after its undo was run.
    await eventually(() => order().join() === "a" && files().length === 1);
    expect(await ids()).to.deep.equal(["bad"]);
  });

  it("survive a kill -9 of the guard, with their time: it is started again", async () => {
    await lease("short", 2_500);
    await lease("long", LONG);
    const first = guardPid();
    process.kill(first, "SIGKILL");
    await eventually(() => !runs(first));
    await eventually(() => agent.guards.length === 2, 8_000);
    // A lease is forgotten a moment after its undo was run.
    await eventually(() => order().join() === "short" && files().length === 1, 8_000);
    expect(await ids()).to.deep.equal(["long"]);
  });

  it("are served also by a call that finds the guard dead", async () => {
    await lease("a", LONG);
    process.kill(guardPid(), "SIGKILL");
    await node.releaseLease("a");
    expect(order()).to.deep.equal(["a"]);
  });

  it("survive a reboot with their remaining time, though the guard's socket is still lying about", async () => {
    await lease("due", 3_000);
    await lease("later", LONG);
    await agent.cut();
    process.kill(guardPid(), "SIGKILL");
    await delay(3_200);
    expect(order()).to.deep.equal([]);
    await agent.boot();
    // A lease is forgotten a moment after its undo was run.
    await eventually(() => order().join() === "due" && files().length === 1, 8_000);
    const [later] = await agent.node().leases();
    expect(later!.id).to.equal("later");
    expect(later!.expiresAt).to.be.below(Date.now() + LONG - 3_000);
  });

  it("are never kept for longer than they were granted for, though the clock was set back", async () => {
    await lease("a", 1_500);
    process.kill(guardPid(), "SIGKILL");
    const [file] = files();
    spawnSync("touch", ["-d", "2099-01-01", agent.path(`leases/${file}`)]);
    await eventually(() => order().join() === "a", 10_000);
  });

  it("put a held service back, and wait for an agent that is not there", async () => {
    await node.startService({ name: "web", argv: ["sleep", "60"] });
    await lease("hold", LONG, { kind: "service", service: "web", action: "resume" });
    await node.holdService("web", "SIGTERM");
    await node.releaseLease("hold");
    const [web] = await node.services();
    expect(web!.held).to.equal(false);
    expect(runs(web!.pid!)).to.equal(true);
  });

  it("are kept by one guard only", async () => {
    await lease("a", LONG);
    const second = startTestGuard(agent.guardPaths);
    const [code] = (await once(second, "exit")) as [number];
    expect(code).to.equal(0);
    expect(runs(guardPid())).to.equal(true);
  });

  it("are kept by a guard that another process starts, as systemd does, also where one was just ending", async () => {
    const asked: ChildProcess[] = [];
    const link = new GuardLink(agent.guardPaths, {
      spawn: (paths) => {
        // It returns at once, and the first time nothing comes of it.
        if (asked.length > 0) agent.guards.push(startTestGuard(paths));
        asked.push(spawn("true", { stdio: ["ignore", "pipe", "inherit"] }));
        return asked.at(-1)!;
      },
      elsewhere: true,
    });
    await link.ask({ op: "lease", lease: { id: "a", fault: "f", what: "w", undo: says("a") }, ttlMs: LONG });
    expect(files()).to.have.length(1);
    expect(asked).to.have.length(2);
  });

  it("are undone without agent and guard where the rig is removed, latest first, each that can be", async () => {
    for (const id of ["a", "b"]) await lease(id, LONG);
    await lease("bad", LONG, { kind: "exec", argv: ["/nowhere/prog"] });
    await lease("service", LONG, { kind: "service", service: "web", action: "resume" });
    await agent.cut();
    process.kill(guardPid(), "SIGKILL");
    const failed = await undoStoredLeases(agent.path("leases"));
    expect(order()).to.deep.equal(["b", "a"]);
    expect(failed).to.have.length(1);
    expect(failed[0]).to.match(/^some-fault: change bad: .*ENOENT/);
    expect(files()).to.deep.equal(["00000003.json"]);
  });

  it("are undone though the agent was killed by -9 and nobody starts it again", async () => {
    const other = new TestAgent();
    try {
      const program = `import { createServer } from "node:net";
        import { GuardLink } from "./harness/agent/guard-link.ts";
        import { Session } from "./harness/agent/session.ts";
        import { Supervisor } from "./harness/agent/supervisor.ts";
        import { startTestGuard } from "./harness/agent/testing.ts";
        const link = new GuardLink(${JSON.stringify(other.guardPaths)}, { spawn: startTestGuard, elsewhere: false });
        createServer((socket) => new Session(socket, new Supervisor(), link))
          .listen(${JSON.stringify(other.socketPath)}, () => console.log("up"));`;
      const argv = ["--import", "tsx", "--input-type=module", "-e", program];
      const child = spawn(process.execPath, argv, {
        cwd: projectFile("."),
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      const undo: NodeUndo = { kind: "exec", argv: ["touch", other.path("undone")] };
      await other.node().lease({ id: "a", fault: "f", what: "w", undo }, 1_500);
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(existsSync(other.path("undone"))).to.equal(false);
      await eventually(() => existsSync(other.path("undone")), 8_000);
      await eventually(() => readdirSync(other.path("leases")).length === 0);
    } finally {
      await other.destroy();
    }
  });

  describe("on a full disk", () => {
    let mounted = false;
    beforeEach(function () {
      mkdirSync(agent.path("leases"));
      const options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", agent.path("leases")];
      mounted = process.platform === "linux" && spawnSync("mount", options).status === 0;
      if (!mounted) this.skip();
    });
    afterEach(() => {
      if (mounted) spawnSync("umount", ["-l", agent.path("leases")]);
    });
    const fill = () => {
      spawnSync("dd", ["if=/dev/zero", `of=${agent.path("leases/filler")}`, "bs=4k"]);
    };

    it("are refused, and leave nothing", async () => {
      fill();
      const error = await lease("a", LONG).then(
        () => expect.fail("granted"),
        (cause: unknown) => cause as Error,
      );
      expect(error.message).to.match(/ENOSPC/);
      expect(files()).to.deep.equal(["filler"]);
    });

    it("are renewed, released and undone all the same", async () => {
      await lease("a", 4_000);
      await lease("b", LONG);
      fill();
      await node.renewLeases(8_000);
      await delay(4_200);
      expect(order()).to.deep.equal([]);
      await node.releaseLease("b");
      await eventually(() => order().join() === "b,a", 15_000);
      await eventually(() => files().length === 1);
    });
  });
});
