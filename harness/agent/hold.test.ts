import { existsSync, writeFileSync } from "node:fs";

import { expect } from "chai";

import type { AgentNode } from "../rig/driver/agent-node.ts";
import { TestAgent, eventually, runs, script } from "./testing.ts";

describe("services that are held", function () {
  this.timeout(20_000);
  let agent: TestAgent;
  let node: AgentNode;
  beforeEach(async () => {
    agent = new TestAgent();
    await agent.boot();
    node = agent.node();
  });
  afterEach(() => agent.destroy());

  const spec = {
    name: "web",
    argv: script("console.log('up'); setInterval(() => {}, 1000)"),
    readyPattern: "up",
  };
  const web = async () => (await node.services()).find(({ name }) => name === "web")!;
  const refused = (call: Promise<unknown>): Promise<Error> =>
    call.then(
      () => expect.fail("nothing was thrown"),
      (error: unknown) => error as Error,
    );

  it("end and stay down, however often it is said, and are ready again when resumed", async () => {
    await node.startService(spec);
    const { pid } = await web();
    await node.holdService("web", "SIGKILL");
    await node.holdService("web", "SIGTERM");
    expect(await web()).to.deep.equal({ name: "web", held: true });
    expect(runs(pid!)).to.equal(false);
    await node.resumeService("web");
    await node.resumeService("web");
    const after = await web();
    expect(after.held).to.equal(false);
    expect(after.pid).to.not.equal(pid);
    expect(runs(after.pid!)).to.equal(true);
  });

  it("are not started at boot until they are resumed, and keep their place", async () => {
    await node.startService(spec);
    await node.startService({ name: "other", argv: ["sleep", "60"] });
    await node.holdService("web", "SIGTERM");
    await agent.cut();
    await agent.boot();
    node = agent.node();
    expect(await web()).to.deep.equal({ name: "web", held: true });
    expect(agent.units()).to.deep.equal(["web", "other"]);
    await node.resumeService("web");
    await agent.cut();
    await agent.boot();
    node = agent.node();
    await eventually(() => existsSync(agent.path("logs/web.log")));
    expect((await web()).held).to.equal(false);
  });

  it("stay down when something else restarts them, and can be replaced", async () => {
    await node.startService(spec);
    await node.holdService("web", "SIGTERM");
    await node.restartService("web");
    expect((await web()).pid).to.equal(undefined);
    await node.startService(spec);
    expect((await web()).held).to.equal(false);
  });

  it("are untouched where the hold cannot be remembered", async () => {
    await node.startService(spec);
    const { pid } = await web();
    // A file where the folder should be: no user, root included, can write below it.
    writeFileSync(agent.path("held"), "");
    expect((await refused(node.holdService("web", "SIGTERM"))).message).to.match(/held/);
    expect(runs(pid!)).to.equal(true);
    expect((await web()).held).to.equal(false);
  });

  it("are named when there is no such service", async () => {
    await node.startService(spec);
    for (const call of [node.holdService("wbe", "SIGTERM"), node.restartService("wbe")])
      expect((await refused(call)).message).to.match(/no service wbe; there are web/);
    await node.resumeService("wbe");
  });
});

describe("services that run", function () {
  this.timeout(20_000);

  it("are restarted as a new process, and take signals", async () => {
    const agent = new TestAgent();
    try {
      await agent.boot();
      const node = agent.node();
      const mark = agent.path("hup");
      const code = `process.on("SIGHUP", () => require("fs").writeFileSync(${JSON.stringify(mark)}, ""));
        console.log("up"); setInterval(() => {}, 1000)`;
      await node.startService({ name: "web", argv: script(code), readyPattern: "up" });
      const [before] = await node.services();
      await node.restartService("web");
      const [after] = await node.services();
      expect([runs(before!.pid!), runs(after!.pid!)]).to.deep.equal([false, true]);
      await node.signalService("web", "SIGHUP");
      await eventually(() => existsSync(mark));
      await node.signalService("web", "SIGKILL");
      await eventually(() => !runs(after!.pid!));
    } finally {
      await agent.destroy();
    }
  });
});
