import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { EgressRig } from "../../netns/egress-rig.ts";
import { GuardOfLeases } from "../../netns/guard-of-leases.ts";
import { netnsRuntime } from "../../netns/netns-runtime.ts";
import { sendDatagrams } from "../../netns/udp-meter.ts";
import { WanProcess, wanControl } from "../../netns/wan-process.ts";
import { LinkMeter } from "../../probe/link-meter.ts";
import { PING_BYTES } from "../../probe/ping-output.ts";
import { pingProbe } from "../../probe/ping-probe.ts";
import { skipWithout } from "../conformance/bench.ts";
import { describeWanConformance } from "../conformance/wan-conformance.ts";
import { CONTROL_PING_BYTES } from "../control-probes.ts";
import type { DirectedLink } from "../wan-engine.ts";

describeWanConformance("netem", "egress");

const PARTITION: DirectedLink[] = [
  { from: "a", to: "b", params: { loss: 1 } },
  { from: "b", to: "a", params: { loss: 1, duplicate: 0.5 } },
];

/** Where the kernel has no netem `npm run test:vm` runs these in a virtual machine. */
describe("A node that impairs what it sends", function () {
  this.timeout(120_000);
  let rig: EgressRig;
  let former: unknown;

  before(async function () {
    await skipWithout("netem", this);
  });
  beforeEach(async () => {
    rig = await EgressRig.create(["a", "b"], ["user"]);
    former = await rig.state();
  });
  afterEach(() => destroy(rig));

  const arrived = async (from: string, to: string): Promise<number> => {
    const sent = await sendDatagrams(rig.node(from), rig.node(to), { count: 200 });
    return sent.received.length;
  };
  const control = (name: string, command: string): string[] => [
    ...[...wanControl(), command, "--socket", rig.service(name).socket],
  ];
  /** Resolves with how long it took, ms. */
  const untilAsBefore = async (limitMs: number): Promise<number> => {
    const began = performance.now();
    while (JSON.stringify(await rig.state()) !== JSON.stringify(former)) {
      if (performance.now() - began > limitMs) expect(await rig.state()).to.deep.equal(former);
      await delay(100);
    }
    return performance.now() - began;
  };

  it("touches no interface until something is to be in force", async () => {
    const wan = await rig.startWan();
    await wan.apply([{ from: "a", to: "b", params: {} }]);
    expect(await rig.state()).to.deep.equal(former);
    await wan.close();
  });

  it("leaves what it sends to others as it is", async () => {
    const wan = await rig.startWan();
    await wan.apply(PARTITION);
    expect([await arrived("a", "b"), await arrived("a", "user"), await arrived("user", "a")]).to.deep.equal([
      ...[0, 200, 200],
    ]);
    await wan.close();
  });

  it("lets ssh's port pass a partition from either side, and no other", async () => {
    const wan = await rig.startWan();
    await wan.apply(PARTITION);
    const echoes = [await echo("a", "b", 22), await echo("b", "a", 22), await echo("a", "b", 2222)];
    expect(echoes).to.deep.equal(["echo", "echo", "nothing"]);
    await wan.close();
  });

  it("lets control probes pass a partition, and nothing that only looks alike", async () => {
    const wan = await rig.startWan();
    await wan.apply(PARTITION);
    const answers = async (bytes: number): Promise<number> => {
      const options = { bytes, count: 20, graceMs: 1000 };
      const { probes } = await pingProbe(rig.node("a"), rig.node("b"), options);
      return probes.filter(({ rttMs }) => rttMs !== undefined).length;
    };
    expect([await answers(PING_BYTES), await answers(CONTROL_PING_BYTES), await answers(86)]).to.deep.equal([
      ...[0, 20, 0],
    ]);
    const runtime = await netnsRuntime();
    const ways = [true, false].map((control) => ({
      ...{ from: rig.node("a"), to: rig.node("b"), intervalMs: 10, bytes: [100], durationMs: 500, control },
    }));
    const series = await (await LinkMeter.start(runtime.path, ways)).finish(500);
    await runtime.remove();
    const came = series.map(({ datagrams }) => datagrams.filter(({ transitsMs }) => transitsMs.length > 0));
    expect(came[0]?.length).to.equal(series[0]?.datagrams.length).and.be.above(20);
    expect(came[1]).to.deep.equal([]);
    await wan.close();
  });

  it("gives the interfaces their own qdiscs back when nothing is in force for a while", async () => {
    const a = new WanProcess(rig.node("a").namespace, join(tmpdir(), `epwt-${process.pid}-idle`));
    const members = ["a", "b"].map((name) => ({ name, address: rig.node(name).underlay }));
    await a.start({ members, backend: "netem", seed: 1, egress: { self: "a", idleMs: 500 } });
    const ask = (...words: string[]): Promise<string> =>
      rig.inNode("a", [...wanControl(), ...words, "--socket", a.socket]);
    await ask("apply", JSON.stringify([{ from: "a", to: "b", params: { delayMs: 5 } }]));
    await delay(1500);
    expect(await rig.state(), "a delay stays").to.not.deep.equal(former);
    await ask("apply", JSON.stringify([{ from: "a", to: "b", params: {} }]));
    await untilAsBefore(10_000);
    await a.stop("SIGKILL");
    await rm(join(tmpdir(), `epwt-${process.pid}-idle`), { recursive: true });
  });

  it("is as before when wan-control clears, though its service was killed or hangs", async () => {
    for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
      const wan = await rig.startWan();
      await wan.apply(PARTITION);
      await wan.close();
      for (const name of ["a", "b"]) rig.service(name).child?.kill(signal);
      expect(await rig.state()).to.not.deep.equal(former);
      for (const name of ["a", "b"]) await rig.node(name).exec(control(name, "clear"));
      expect(await rig.state(), signal).to.deep.equal(former);
      await rig.stopWan("SIGKILL");
    }
  });

  it("is as before by its lease, with the service killed and the tester gone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "epwt-"));
    const wan = await rig.startWan();
    const guard = new GuardOfLeases(folder);
    await guard.start();
    const leaseMs = 3_000;
    const inA = ["ip", "netns", "exec", rig.node("a").namespace];
    await guard.lease([...inA, ...control("a", "clear")], leaseMs);
    await wan.apply(PARTITION.slice(0, 1));
    await wan.close();
    await rig.stopWan("SIGKILL");
    expect(await rig.state()).to.not.deep.equal(former);
    const tookMs = await untilAsBefore(60_000);
    console.log(
      `      as before ${(tookMs / 1000).toFixed(1)} s after the kill; the lease was of ${leaseMs / 1000} s`,
    );
    await rm(folder, { recursive: true, force: true });
  });

  for (const queues of ["one queue", "several queues"])
    it(`gives an interface of ${queues} the kernel's own qdiscs back`, async () => {
      const more = queues === "one queue" ? [] : ["multi_queue"];
      const inA = (...words: string[]): Promise<string> => rig.inNode("a", words);
      await inA("ip", "tuntap", "add", "dev", "tap0", "mode", "tap", ...more);
      await inA("ip", "addr", "add", "198.18.7.1/24", "dev", "tap0");
      await inA("ip", "link", "set", "tap0", "up");
      const show = (): Promise<string> => inA("tc", "qdisc", "show", "dev", "tap0");
      const own = await show();
      const a = new WanProcess(rig.node("a").namespace, join(tmpdir(), `epwt-${process.pid}-tap`));
      const members = [
        { name: "a", address: "198.18.7.1" },
        { name: "far", address: "198.18.7.2" },
      ];
      await a.start({ members, backend: "netem", seed: 1, egress: { self: "a" } });
      const ask = (...words: string[]): Promise<string> =>
        inA(...wanControl(), ...words, "--socket", a.socket);
      await ask("apply", JSON.stringify([{ from: "a", to: "far", params: { delayMs: 5 } }]));
      const ours = await show();
      expect(ours)
        .to.match(/htb ed00: root/)
        .and.match(/netem/);
      // What goes elsewhere waits in a queue of the kind that was there.
      const kind = /qdisc (\w+) 0: (?:root|parent)/.exec(own.replace(/qdisc mq.*\n/, ""))?.[1];
      expect(ours).to.contain(`qdisc ${kind} ed01: parent ed00:1`);
      await ask("clear");
      expect(await show()).to.equal(own);
      await a.stop("SIGTERM");
      await rm(join(tmpdir(), `epwt-${process.pid}-tap`), { recursive: true });
    });

  /** What comes back over TCP from a machine that sends back whatever it gets. */
  async function echo(from: string, to: string, port: number): Promise<string> {
    const stop = new AbortController();
    const server = `require("net").createServer((s) => s.pipe(s)).listen(${port}, () => console.log("ready"))`;
    let ready = (): void => undefined;
    const listening = new Promise<void>((resolve) => (ready = resolve));
    const serving = rig
      .node(to)
      .exec([process.execPath, "-e", server], { signal: stop.signal, onLine: () => ready() });
    await listening;
    const client = `const s = require("net").connect(${port}, "${rig.node(to).underlay}", () => s.write("echo"));
      s.on("data", (d) => { console.log(String(d)); process.exit(0); });
      s.on("error", (e) => { console.log(e.code); process.exit(0); });
      setTimeout(() => { console.log("nothing"); process.exit(0); }, 4000);`;
    const { stdout } = await rig.node(from).exec([process.execPath, "-e", client]);
    stop.abort();
    await serving;
    return stdout.trim();
  }
});

/** Absent where the setup failed. */
const destroy = (rig: EgressRig | undefined) => rig?.destroy();
