import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";

import { expect } from "chai";

import { projectFile } from "../project.ts";
import { TestAgent } from "./testing.ts";

const agentProgram = (...argv: string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, ["--import", "tsx", "harness/agent/main.ts", ...argv], { cwd: projectFile(".") });

describe("`agent pipe`", function () {
  this.timeout(30_000);

  it("joins its standard streams to the agent's socket", async () => {
    const agent = new TestAgent();
    await agent.boot();
    const pipes: ChildProcessWithoutNullStreams[] = [];
    try {
      const node = agent.node(() => {
        const { stdin, stdout } = (pipes[0] = agentProgram("pipe", `unix:${agent.socketPath}`));
        return Promise.resolve(Duplex.from({ writable: stdin, readable: stdout }));
      });
      const results = await Promise.all(["ä", "b"].map((word) => node.exec(["echo", word])));
      expect(results.map(({ stdout }) => stdout)).to.deep.equal(["ä\n", "b\n"]);
      const ended = once(pipes[0]!, "close");
      await node.disconnect();
      expect(await ended).to.deep.equal([0, null]);
    } finally {
      await agent.destroy();
    }
  });

  it("joins them to a port, also when the answer comes after all input", async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let asked = "";
      socket.on("data", (chunk) => (asked += String(chunk)));
      socket.on("end", () => socket.end(`you said ${asked}`));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const pipe = agentProgram("pipe", `tcp:${(server.address() as AddressInfo).port}`);
    pipe.stdin.end("hello");
    expect(await text(pipe.stdout)).to.equal("you said hello");
    server.close();
  });

  it("says what cannot be reached, and how it is used", async () => {
    const absent = agentProgram("pipe", "unix:/nowhere/agent.sock");
    const misused = agentProgram("dance");
    const ends = Promise.all([once(absent, "close"), once(misused, "close")]);
    // Both are read from the start: what nobody reads until a process ends is thrown away.
    const [unreachable, usage] = await Promise.all([text(absent.stderr), text(misused.stderr)]);
    expect(unreachable).to.match(/unix:\/nowhere\/agent\.sock: .*ENOENT/);
    expect(usage).to.match(/^usage: agent serve/);
    expect((await ends).map(([code]) => code as number)).to.deep.equal([1, 64]);
  });
});
