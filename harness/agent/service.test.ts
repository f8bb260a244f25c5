import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";

import { expect } from "chai";

import { TestAgent, eventually, runs, script } from "./testing.ts";

const FOREVER = "setInterval(() => {}, 1000);";

describe("services of a node", function () {
  this.timeout(20_000);
  let agent: TestAgent;
  beforeEach(async () => {
    agent = new TestAgent();
    await agent.boot();
  });
  afterEach(() => agent.destroy());

  const log = (name: string): string => readFileSync(agent.path(`logs/${name}.log`), "utf8");
  /** What a service printed as `pid N`, each time it was started. */
  const pids = (name: string): number[] =>
    existsSync(agent.path(`logs/${name}.log`))
      ? [...log(name).matchAll(/^pid (\d+)$/gm)].map((match) => Number(match[1]))
      : [];
  const named = (code: string): string[] => script(`console.log("pid " + process.pid); ${code}`);
  const failure = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => expect.fail("it started"),
      (error: unknown) => error as Error,
    );

  it("are ready when a line says so, on either output, and not before", async () => {
    const code = `setTimeout(() => console.error("now serving"), 300); ${FOREVER}`;
    let ready = false;
    const argv = named(code);
    const started = agent.node().startService({ name: "web", argv, readyPattern: "^now serv" });
    void started.then(() => (ready = true));
    await eventually(() => pids("web").length === 1);
    expect(ready).to.equal(false);
    await started;
    await eventually(() => log("web").includes("now serving"));
  });

  it("are ready when they run to their end with 0, if they are to run once", async () => {
    const argv = script(`setTimeout(() => require("fs").writeFileSync(process.env.MARK, ""), 100)`);
    const env = { MARK: agent.path("mark") };
    await agent.node().startService({ name: "setup", argv, env, oneshot: true });
    expect(existsSync(agent.path("mark"))).to.equal(true);
    const failing = agent.node().startService({ name: "bad", argv: ["false"], oneshot: true });
    expect((await failure(failing)).message).to.match(/bad exited with 1/);
  });

  it("tell their last words when they end before they are ready", async () => {
    const code = `for (let i = 0; i < 40; i++) console.log("line " + i); console.error("no such key"); process.exitCode = 7`;
    const spec = { name: "web", argv: script(code), readyPattern: "ready", restart: false };
    const { message } = await failure(agent.node().startService(spec));
    expect(message).to.match(/service web exited with 7\n/);
    expect(message).to.contain("no such key").and.to.contain("line 39").and.to.not.contain("line 10");
  });

  it("are not ready when they stay silent for too long, or cannot be run", async () => {
    const argv = script(`console.log("still loading"); ${FOREVER}`);
    const slow = { name: "slow", argv, readyPattern: "ready", readyTimeoutMs: 800 };
    expect((await failure(agent.node().startService(slow))).message).to.match(
      /slow is not ready after 800 ms\nstill loading/,
    );
    const absent = { name: "absent", argv: ["/nowhere/prog"], restart: false };
    expect((await failure(agent.node().startService(absent))).message).to.contain("ENOENT");
  });

  it("come back after a crash, unless they are not to", async () => {
    const node = agent.node();
    await node.startService({ name: "web", argv: named(FOREVER), readyPattern: "pid" });
    await node.startService({ name: "once", argv: named(FOREVER), readyPattern: "pid", restart: false });
    await eventually(() => pids("web").length === 1 && pids("once").length === 1);
    process.kill(pids("web")[0]!, "SIGKILL");
    process.kill(pids("once")[0]!, "SIGKILL");
    await eventually(() => pids("web").length === 2);
    expect(runs(pids("web")[1]!)).to.equal(true);
    expect(pids("once")).to.have.length(1);
  });

  it("are asked to end by SIGTERM, and made to by SIGKILL", async () => {
    const node = agent.node();
    const polite = `process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); ${FOREVER}`;
    const stubborn = `process.on("SIGTERM", () => console.log("no")); console.log("up"); ${FOREVER}`;
    await node.startService({
      name: "polite",
      argv: named(`${polite} console.log("up")`),
      readyPattern: "up",
    });
    await node.startService({ name: "stubborn", argv: named(stubborn), readyPattern: "up" });
    await Promise.all([node.stopService("polite"), node.stopService("stubborn")]);
    const all = [...pids("polite"), ...pids("stubborn")];
    expect(all).to.have.length(2);
    expect(all.filter(runs)).to.deep.equal([]);
    expect(log("stubborn")).to.match(/up\nno\n$/);
    expect(log("polite"), "its last words").to.match(/bye\n$/);
    expect(agent.units()).to.deep.equal([]);
  });

  it("stop though a child of theirs holds their output open", async () => {
    const argv = ["sh", "-c", "sleep 5 & echo up; exec sleep 60"];
    await agent.node().startService({ name: "web", argv, readyPattern: "up" });
    const began = performance.now();
    await agent.node().stopService("web");
    expect(performance.now() - began).to.be.below(2_000);
  });

  it("lose their log and nothing else when the disk is full", async function () {
    if (!existsSync("/dev/full")) this.skip();
    mkdirSync(agent.path("logs"));
    symlinkSync("/dev/full", agent.path("logs/web.log"));
    const node = agent.node();
    const argv = script(`console.log("up"); setInterval(() => console.log("more"), 20)`);
    await node.startService({ name: "web", argv, readyPattern: "more" });
    expect((await node.exec(["echo", "well"])).stdout).to.equal("well\n");
  });

  it("are replaced by one of the same name", async () => {
    const node = agent.node();
    await node.startService({ name: "web", argv: named(FOREVER), readyPattern: "pid" });
    await node.startService({ name: "web", argv: named(`"new"; ${FOREVER}`), readyPattern: "pid" });
    await eventually(() => pids("web").length === 2);
    expect(pids("web").map(runs)).to.deep.equal([false, true]);
    expect(agent.units()).to.deep.equal(["web"]);
  });

  it("are started again at boot in their order, though one of them fails", async () => {
    const mark = (name: string) =>
      script(`require("fs").appendFileSync(${JSON.stringify(agent.path("order"))}, "${name} "); ${FOREVER}`);
    const units = [
      {
        name: "first",
        argv: script(`setTimeout(() => console.log("up"), 300); ${FOREVER}`),
        readyPattern: "up",
      },
      { name: "broken", argv: ["false"], oneshot: true },
      { name: "last", argv: mark("last") },
    ];
    await agent.cut();
    writeFileSync(agent.path("services.json"), JSON.stringify(units));
    const booted = agent.boot();
    await eventually(() => existsSync(agent.socketPath));
    await agent.node().startService({ name: "asked", argv: mark("asked") });
    expect(agent.units(), "asked for while the node boots").to.deep.equal([
      "first",
      "broken",
      "last",
      "asked",
    ]);
    await booted;
    await eventually(() => readFileSync(agent.path("order"), "utf8") === "asked last ");
  });
});
