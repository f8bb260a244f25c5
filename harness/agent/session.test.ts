import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { once } from "node:events";

import { expect } from "chai";

import { TestAgent, eventually, runs, script } from "./testing.ts";

describe("an agent's session, over a unix socket", function () {
  this.timeout(20_000);
  let agent: TestAgent;
  beforeEach(async () => {
    agent = new TestAgent();
    await agent.boot();
  });
  afterEach(() => agent.destroy());

  it("runs a program with standard input and environment, and gives both outputs and the exit code", async () => {
    const code = `process.stdin.on("data", (d) => process.stdout.write("got " + d));
      process.stdin.on("end", () => { console.error(process.env.WHO); process.exitCode = 3; });`;
    const options = { stdin: "bytes", env: { WHO: "me" }, allowFailure: true };
    const result = await agent.node().exec(script(code), options);
    expect(result).to.deep.equal({ exitCode: 3, stdout: "got bytes", stderr: "me\n" });
  });

  it("takes binary input as it is", async () => {
    const stdin = randomBytes(300_000);
    const code = `const hash = require("crypto").createHash("sha256"); process.stdin.pipe(hash).setEncoding("hex").pipe(process.stdout)`;
    const [{ stdout }, { createHash }] = await Promise.all([
      agent.node().exec(script(code), { stdin }),
      import("node:crypto"),
    ]);
    expect(stdout).to.equal(createHash("sha256").update(stdin).digest("hex"));
  });

  it("keeps characters whole that come in two pieces", async () => {
    const halves = `const [a, b] = [Buffer.from([0xe2, 0x82]), Buffer.from([0xac])];
      for (const out of [process.stdout, process.stderr]) { out.write(a); setTimeout(() => out.write(b), 100); }`;
    const { stdout, stderr } = await agent.node().exec(script(halves));
    expect([stdout, stderr]).to.deep.equal(["€", "€"]);
  });

  it("hands lines over while the program runs, and the last one without a newline too", async () => {
    const lines: string[] = [];
    const code = `console.log("first"); setTimeout(() => process.stdout.write("second\\nläst"), 300)`;
    const done = agent.node().exec(script(code), { onLine: (line) => lines.push(line) });
    await eventually(() => lines.length === 1);
    expect(lines).to.deep.equal(["first"]);
    const { stdout } = await done;
    expect(lines).to.deep.equal(["first", "second", "läst"]);
    expect(stdout).to.equal("first\nsecond\nläst\n");
  });

  it("kills a program at its time limit, and what it started, so that the call ends then", async () => {
    const began = performance.now();
    const stuck = ["sh", "-c", "echo early; sleep 60 & sleep 60"];
    const { exitCode, stdout } = await agent.node().exec(stuck, { timeoutMs: 300, allowFailure: true });
    expect(exitCode).to.equal(137);
    expect(stdout).to.equal("early\n");
    expect(performance.now() - began).to.be.below(5_000);
  });

  it("gives the exit code that a shell gives for a program that a signal ended", async () => {
    const result = await agent.node().exec(["sh", "-c", "kill -TERM $$"], { allowFailure: true });
    expect(result.exitCode).to.equal(143);
  });

  it("ends everything that exec started when the connection closes, and nothing else", async () => {
    const [kept, cut] = [agent.node(), agent.node()];
    const pids: number[] = [];
    const onLine = (line: string) => pids.push(Number(line));
    const family = ["sh", "-c", "sleep 60 & echo $!; echo $$; wait"];
    const [first, second] = [cut.exec(family, { onLine }), cut.exec(family, { onLine })];
    const failed = Promise.allSettled([first, second]);
    await eventually(() => pids.length === 4);
    const alive: number[] = [];
    const other = kept.exec(["sh", "-c", "echo $$; exec sleep 60"], { onLine: (line) => alive.push(+line) });
    other.catch(() => undefined);
    await eventually(() => alive.length === 1);
    await cut.disconnect();
    await eventually(() => !pids.some(runs));
    expect((await failed).map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(runs(alive[0]!)).to.equal(true);
  });

  it("writes a file with its mode, whatever was there and whatever the umask is", async () => {
    const [fresh, old] = [agent.path("new/secret"), agent.path("old")];
    writeFileSync(old, "longer than before");
    chmodSync(old, 0o644);
    const before = process.umask(0o077);
    try {
      await agent.node().writeFile(fresh, "key", 0o600);
      await agent.node().writeFile(old, "key", 0o600);
      await agent.node().writeFile(agent.path("shown"), Buffer.from([0, 255]));
    } finally {
      process.umask(before);
    }
    for (const path of [fresh, old]) {
      expect(readFileSync(path, "utf8")).to.equal("key");
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    }
    expect(statSync(agent.path("shown")).mode & 0o777).to.equal(0o644);
    expect(readFileSync(agent.path("shown"))).to.deep.equal(Buffer.from([0, 255]));
  });

  it("reads a large file whole, and others meanwhile", async () => {
    const content = randomBytes(10 * 1024 * 1024);
    writeFileSync(agent.path("large"), content);
    writeFileSync(agent.path("small"), "small");
    const node = agent.node();
    const [large, small] = await Promise.all([
      node.readFile(agent.path("large")),
      node.readFile(agent.path("small")),
    ]);
    expect(large.equals(content)).to.equal(true);
    expect(small.toString()).to.equal("small");
  });

  it("says which file it cannot read, and which program it cannot run", async () => {
    const node = agent.node();
    const [read, exec] = await Promise.allSettled([
      node.readFile(agent.path("none")),
      node.exec(["/nowhere/prog"]),
    ]);
    expect(String((read as PromiseRejectedResult).reason)).to.match(/ENOENT.*none/);
    expect(String((exec as PromiseRejectedResult).reason)).to.match(/ENOENT|nowhere/);
  });

  it("hangs up on what is no request, and goes on serving others", async () => {
    const stranger = await agent.connect();
    stranger.resume().end("GET / HTTP/1.1\r\n\r\n");
    await once(stranger, "close");
    expect((await agent.node().exec(["true"])).exitCode).to.equal(0);
  });
});
