import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { TestAgent, eventually, script } from "../../agent/testing.ts";
import { EdgeproofError, rigError } from "../../errors.ts";

const failure = async (promise: Promise<unknown>): Promise<EdgeproofError> => {
  const error = await promise.then(
    () => expect.fail("nothing was thrown"),
    (cause: unknown) => cause,
  );
  expect(error).to.be.instanceOf(EdgeproofError);
  return error as EdgeproofError;
};

describe("a node's handle, with an agent behind it", function () {
  this.timeout(20_000);
  let agent: TestAgent;
  beforeEach(async () => {
    agent = new TestAgent();
    await agent.boot();
  });
  afterEach(() => agent.destroy());

  it("makes many calls at once over one connection, and gives each its own answer", async () => {
    const node = agent.node();
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    writeFileSync(agent.path("file"), "content");
    const results = await Promise.all(
      numbers.map(async (number) => {
        if (number % 3 === 0) return (await node.readFile(agent.path("file"))).toString();
        const lines: string[] = [];
        const onLine = number % 3 === 1 ? { onLine: (line: string) => lines.push(line) } : {};
        const { stdout } = await node.exec(["echo", `n${number}`], onLine);
        return lines.length > 0 ? `line ${lines.join()}` : stdout.trim();
      }),
    );
    const wanted = numbers.map((n) => (n % 3 === 0 ? "content" : n % 3 === 1 ? `line n${n}` : `n${n}`));
    expect(results).to.deep.equal(wanted);
    expect(agent.opened).to.equal(1);
  });

  it("fails what is under way and all that comes later once it was abandoned", async () => {
    const node = agent.node();
    const sleeping = failure(node.exec(["sleep", "60"]));
    await node.exec(["true"]);
    node.abandon(rigError("GIVEN_UP", "nobody waits for it"));
    expect((await sleeping).code).to.equal("NODE_UNREACHABLE");
    expect((await failure(node.exec(["true"]))).code).to.equal("GIVEN_UP");
    expect((await failure(node.connect({ port: 1 }))).code).to.equal("GIVEN_UP");
    expect(agent.opened).to.equal(1);
  });

  it("fails what was under way when the connection dies, and connects anew for the next call", async () => {
    const node = agent.node();
    const [first, second] = [node.exec(["sleep", "60"]), node.exec(["sleep", "60"])];
    const errors = Promise.all([failure(first), failure(second)]);
    await eventually(() => agent.opened === 1);
    await agent.cut();
    for (const error of await errors) {
      expect(error).to.include({ code: "NODE_UNREACHABLE", exitCode: 3, where: "node pi4-1" });
      expect(error.fix).to.contain("edgeproof down");
    }
    const dark = await failure(node.exec(["true"]));
    expect(dark).to.include({ code: "NODE_UNREACHABLE", where: "node pi4-1" });
    expect(dark.format()).to.match(/cause: connect/);
    await agent.boot();
    const all = await Promise.all([node.exec(["echo", "1"]), node.exec(["echo", "2"])]);
    expect(all.map(({ stdout }) => stdout)).to.deep.equal(["1\n", "2\n"]);
    expect(agent.opened).to.equal(2);
  });

  it("passes on what the driver says of a machine that takes no connection", async () => {
    const off = rigError("NODE_UNREACHABLE", "the node's container does not take commands", { where: "c-1" });
    const node = agent.node(() => Promise.reject(off));
    expect(await failure(node.readFile("/x"))).to.equal(off);
  });

  it("shows what came in the agent's place", async () => {
    const engine = new PassThrough();
    const node = agent.node(() => Promise.resolve(engine));
    const call = failure(node.exec(["true"]));
    engine.write("OCI runtime exec failed: no such container\r\n");
    const error = await call;
    expect(error.code).to.equal("NODE_UNREACHABLE");
    expect(error.format()).to.match(/cause: OCI runtime exec failed: no such container/);
  });

  it("names node, command, exit code and the program's own words when a command fails", async () => {
    const error = await failure(agent.node().exec(["sh", "-c", "echo nope >&2; exit 4"]));
    expect(error).to.include({ code: "NODE_COMMAND_FAILED", where: "node pi4-1" });
    expect(error.message).to.match(/`sh -c .*` exited with 4/);
    expect(error.format()).to.contain("cause: nope");
    const read = await failure(agent.node().readFile("/nowhere/file"));
    expect(read.format()).to.match(/node pi4-1: .*ENOENT.*\/nowhere\/file/);
  });

  it("says so when a command was killed at its time limit", async () => {
    const error = await failure(agent.node().exec(["sleep", "60"], { timeoutMs: 100 }));
    expect(error.message).to.equal("`sleep 60` was killed after 100 ms");
  });

  it("ends a program when its signal is aborted, and gives what it printed until then", async () => {
    const controller = new AbortController();
    const code = `process.on("SIGINT", () => { console.log("healed"); process.exit(5); });
      console.log("begun"); setInterval(() => {}, 1000)`;
    const onLine = (line: string) => line === "begun" && controller.abort();
    const { stdout, exitCode } = await agent.node().exec(script(code), { onLine, signal: controller.signal });
    expect(stdout).to.equal("begun\nhealed\n");
    expect(exitCode).to.equal(5);
  });

  it("ends a program at once when the signal was aborted before, and no other program", async () => {
    const node = agent.node();
    const other = node.exec(["sleep", "0.5"]);
    const { exitCode } = await node.exec(["sleep", "60"], { signal: AbortSignal.abort() });
    expect(exitCode).to.equal(130);
    expect((await other).exitCode).to.equal(0);
  });

  it("opens streams to the node's sockets beside its own connection", async () => {
    const targets: string[] = [];
    const node = agent.node((target) => {
      targets.push(target);
      return Promise.resolve(connect(agent.socketPath));
    });
    (await node.connect({ port: 6443 })).destroy();
    (await node.connect({ unix: "/run/x.sock" })).destroy();
    expect(targets).to.deep.equal(["tcp:6443", "unix:/run/x.sock"]);
  });

  it("leaves no connection behind after disconnect, even if it was just being opened", async () => {
    const node = agent.node(async () => {
      await delay(100);
      return agent.connect();
    });
    const call = failure(node.exec(["sleep", "60"]));
    await node.disconnect();
    expect((await call).code).to.equal("NODE_UNREACHABLE");
    await eventually(() => agent.connections === 0);
    expect((await node.exec(["echo", "again"])).stdout).to.equal("again\n");
  });
});
