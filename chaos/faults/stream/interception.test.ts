import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { NetnsNode } from "../../netns/netns-node.ts";
import { whyNoNetns } from "../../netns/netns-rig.ts";
import { runProgram } from "../../wan/run-program.ts";
import { type Interception, PROXY_UID, removalOf, rulesetOf } from "./interception.ts";

const END = fileURLToPath(new URL("../../netns/tcp-end.mjs", import.meta.url));
const SERVER = "198.18.2.1";
const CLIENT = "198.18.2.2";
const WAY: Interception = {
  table: "edgeproof-stream-test",
  host: SERVER,
  port: 80,
  bridge: undefined,
  listenPort: 7470,
};
const ROOT = 0;
/** Long for what is on its way within one machine; timers of connections that are half closed take 30 s and more. */
const SETTLED_MS = 500;

describe("The way of a machine's own connections into toxiproxy", function () {
  this.timeout(30_000);
  const namespace = `epwt-${process.pid}-stream`;
  const node = new NetnsNode("tester", namespace, CLIENT);
  const ending = new AbortController();
  const running: Promise<unknown>[] = [];
  let made = false;

  /** Its first line, and its last when it has ended. */
  const end = (...args: (string | number)[]): { first: Promise<string>; last: Promise<string> } => {
    let onLine: (line: string) => void = () => undefined;
    const first = new Promise<string>((resolve) => (onLine = resolve));
    const argv = [process.execPath, END, ...args.map(String)];
    const done = node.exec(argv, { signal: ending.signal, onLine });
    running.push(done);
    return { first, last: done.then(({ stdout }) => stdout.trim().split("\n").at(-1)!) };
  };
  /** Port of what answered. */
  const asked = (uid: number, sourcePort: number): Promise<string> =>
    end("ask", uid, SERVER, WAY.port, CLIENT, sourcePort).last;
  const lead = (): Promise<unknown> => node.exec(["nft", "-f", "-"], { stdin: rulesetOf(WAY) });
  const leadNoMore = (): Promise<unknown> => {
    const undo = removalOf(WAY.table);
    return undo.kind === "exec" ? node.exec(undo.argv) : Promise.reject(new Error("not by a program"));
  };

  before(async function () {
    const reason = await whyNoNetns();
    if (reason) {
      console.log(`skipped: ${reason}`);
      this.skip();
    }
    await runProgram(["ip", "netns", "add", namespace]);
    made = true;
    await node.exec(["ip", "link", "set", "lo", "up"]);
    for (const address of [SERVER, CLIENT])
      await node.exec(["ip", "addr", "add", `${address}/32`, "dev", "lo"]);
    await end("serve", SERVER, WAY.port).first;
    await end("serve", "127.0.0.1", WAY.listenPort).first;
  });
  afterEach(leadNoMore);
  after(async () => {
    ending.abort();
    await Promise.allSettled(running);
    if (made) await runProgram(["ip", "netns", "del", namespace]);
  });

  it("leads to it all but what comes of it", async () => {
    expect(await asked(ROOT, 20_000), "before").to.equal("80");
    await lead();
    expect(await asked(ROOT, 20_002), "of another user").to.equal("7470");
    expect(await asked(PROXY_UID, 20_004), "its own").to.equal("80");
    await leadNoMore();
    expect(await asked(ROOT, 20_006), "after").to.equal("80");
  });

  it("resets the connections that were there before", async () => {
    const held = end("hold", ROOT, SERVER, WAY.port, CLIENT, 20_010);
    expect(await held.first).to.equal("connected");
    await lead();
    expect(await held.last).to.match(/ECONNRESET|EPIPE/);
  });

  it("lets it close its own connections to the end, so that one from the same port is answered", async () => {
    await lead();
    expect(await asked(PROXY_UID, 20_020)).to.equal("80");
    await pause(SETTLED_MS);
    const { stdout } = await node.exec(["ss", "-Htan", "src", `${SERVER}:${WAY.port}`]);
    expect(stdout, "the other end").to.contain("LISTEN").and.not.to.contain("LAST-ACK");
    expect(await asked(PROXY_UID, 20_020), "again").to.equal("80");
  });
});
