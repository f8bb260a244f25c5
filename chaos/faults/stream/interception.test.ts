import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { EgressRig } from "../../netns/egress-rig.ts";
import type { NetnsNode } from "../../netns/netns-node.ts";
import { skipWithout } from "../../wan/conformance/bench.ts";
import { type Interception, PROXY_UID, removalOf, rulesetOf } from "./interception.ts";

const END = fileURLToPath(new URL("../../netns/tcp-end.mjs", import.meta.url));
const PORT = 80;
const PROXY_PORT = 7470;
const ROOT = 0;
/** Long for what is on its way between two namespaces; timers of connections that are half closed take 30 s and more. */
const SETTLED_MS = 500;

describe("The way of a machine's own connections into toxiproxy", function () {
  this.timeout(30_000);
  const ending = new AbortController();
  const running: Promise<unknown>[] = [];
  let rig: EgressRig | undefined;
  let server: NetnsNode;
  let tester: NetnsNode;
  let way: Interception;

  /** Its first line, and its last when it has ended. */
  const end = (
    node: NetnsNode,
    ...args: (string | number)[]
  ): { first: Promise<string>; last: Promise<string> } => {
    let onLine: (line: string) => void = () => undefined;
    const first = new Promise<string>((resolve) => (onLine = resolve));
    const argv = [process.execPath, END, ...args.map(String)];
    const done = node.exec(argv, { signal: ending.signal, onLine });
    running.push(done);
    return { first, last: done.then(({ stdout }) => stdout.trim().split("\n").at(-1)!) };
  };
  /** Port of what answered. */
  const asked = (uid: number, sourcePort: number): Promise<string> =>
    end(tester, "ask", uid, server.underlay, PORT, tester.underlay, sourcePort).last;
  const lead = (): Promise<unknown> => tester.exec(["nft", "-f", "-"], { stdin: rulesetOf(way) });
  const leadNoMore = (): Promise<unknown> => {
    const undo = removalOf(way.table);
    return undo.kind === "exec" ? tester.exec(undo.argv) : Promise.reject(new Error("not by a program"));
  };

  before(async function () {
    await skipWithout("userspace", this);
    rig = await EgressRig.create(["cloud", "tester"]);
    [server, tester] = [rig.node("cloud"), rig.node("tester")];
    const target = { host: server.underlay, port: PORT };
    way = { table: "edgeproof-stream-test", ...target, bridge: undefined, listenPort: PROXY_PORT };
    await end(server, "serve", server.underlay, PORT).first;
    await end(tester, "serve", "127.0.0.1", PROXY_PORT).first;
  });
  afterEach(leadNoMore);
  after(async () => {
    ending.abort();
    await Promise.allSettled(running);
    await rig?.destroy();
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
    const held = end(tester, "hold", ROOT, server.underlay, PORT, tester.underlay, 20_010);
    expect(await held.first).to.equal("connected");
    await lead();
    expect(await held.last).to.match(/ECONNRESET|EPIPE/);
  });

  it("lets it close its own connections to the end, so that one from the same port is answered", async () => {
    await lead();
    expect(await asked(PROXY_UID, 20_020)).to.equal("80");
    await pause(SETTLED_MS);
    const { stdout } = await server.exec(["ss", "-Htan", "src", `${server.underlay}:${PORT}`]);
    expect(stdout, "the other end").to.contain("LISTEN").and.not.to.contain("LAST-ACK");
    expect(await asked(PROXY_UID, 20_020), "again").to.equal("80");
  });
});
