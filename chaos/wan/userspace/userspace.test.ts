import { expect } from "chai";
import { NetnsRig, whyNoNetns } from "../../netns/netns-rig.ts";
import { sendDatagrams } from "../../netns/udp-meter.ts";
import { pingProbe } from "../../probe/ping-probe.ts";
import { clopperPearson, median } from "../../probe/statistics.ts";
import type { WanClient } from "../wan-client.ts";

/** Needs root, network namespaces and TUN; the traffic stays within namespaces of this process. */
describe("The userspace WAN service, with real packets in network namespaces", function () {
  this.timeout(60_000);
  let rig: NetnsRig;
  let wan: WanClient;

  before(async function () {
    const reason = await whyNoNetns();
    if (reason) {
      console.log(`skipped: ${reason}`);
      this.skip();
    }
  });

  beforeEach(async () => {
    rig = await NetnsRig.create(["a", "b", "c"]);
    wan = await rig.startWan();
  });

  afterEach(async () => {
    await wan?.close();
    await rig?.destroy();
  });

  const ping = async (from = "a", to = "b", count = 100, graceMs = 400) => {
    const { probes } = await pingProbe(rig.node(from), rig.node(to), { count, graceMs });
    const rtts = probes.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs]));
    return { sent: probes.length, answered: rtts.length, rtts };
  };

  it("says what it is, delays each direction by itself and leaves other links alone", async () => {
    expect(rig.readyLine).to.match(/^wan ready backend=userspace realtime=(granted|denied)$/);
    const clean = median((await ping()).rtts);
    await wan.apply([{ from: "a", to: "b", params: { delayMs: 12.5 } }]);
    expect(median((await ping()).rtts)).to.be.closeTo(clean + 12.5, 0.6);
    await wan.apply([{ from: "b", to: "a", params: { delayMs: 25 } }]);
    expect(median((await ping()).rtts)).to.be.closeTo(clean + 37.5, 1.9);
    expect(median((await ping("a", "c")).rtts)).to.be.below(clean + 1);
    await wan.clear();
    expect(median((await ping()).rtts)).to.be.below(clean + 1);
  });

  it("loses the share of datagrams asked for, and counts them", async () => {
    await wan.apply([{ from: "a", to: "b", params: { loss: 0.05 } }]);
    const { received } = await sendDatagrams(rig.node("a"), rig.node("b"), { count: 4000, perTick: 4 });
    const { low, high } = clopperPearson(4000 - received.length, 4000, 1e-4);
    expect(0.05).to.be.within(low, high);
    const counters = (await wan.counters()).find(({ from, to }) => from === "a" && to === "b");
    expect(counters).to.include({ packets: 4000, lost: 4000 - received.length, queueDrops: 0 });
  });

  it("loses and reorders nothing while the delay is changed under way", async () => {
    const delays = [50, 12.5, 0.5, 0, 30];
    let next = 0;
    const timer = setInterval(() => {
      void wan.apply([{ from: "a", to: "b", params: { delayMs: delays[next++ % delays.length]! } }]);
    }, 100);
    const { received } = await sendDatagrams(rig.node("a"), rig.node("b"), { count: 8000, perTick: 4 });
    clearInterval(timer);
    expect(next).to.be.above(5);
    expect(received).to.deep.equal(Array.from({ length: 8000 }, (_, i) => i));
  });

  it("partitions two machines in one direction or both, and no others", async () => {
    await wan.apply([{ from: "b", to: "a", params: { loss: 1 } }]);
    expect((await ping("a", "b", 50)).answered).to.equal(0);
    expect(
      (await sendDatagrams(rig.node("a"), rig.node("b"), { count: 50, perTick: 1 })).received,
    ).to.have.length(50);
    expect((await ping("a", "c", 50)).answered).to.equal(50);
    await wan.clear();
    expect((await ping("a", "b", 50)).answered).to.equal(50);
  });

  it("drops and counts what is from or to nobody", async () => {
    await rig.inRouter(["ip", "addr", "add", "198.18.99.1/24", "dev", "lo"]);
    const argv = ["ping", "-n", "-c", "3", "-i", "0.01", "-W", "1", "198.18.99.7"];
    expect((await rig.node("a").exec(argv, { allowFailure: true })).exitCode).to.equal(1);
    expect((await wan.totals()).unknown).to.equal(3);
  });

  it("lets nothing pass when its process is killed, until it is started again or cleaned up", async () => {
    const died = new Promise((resolve) => wan.onDeath(resolve));
    await rig.stopWan("SIGKILL");
    expect(await died).to.include({ code: "wan-engine-dead" });
    expect((await ping("a", "b", 50)).answered).to.equal(0);
    wan = await rig.startWan();
    expect((await ping("a", "b", 50)).answered).to.equal(50);
    await rig.stopWan("SIGKILL");
    await rig.cleanWan();
    await rig.cleanWan();
    expect((await ping("a", "b", 50)).answered).to.equal(50);
  });

  it("ends, and lets nothing pass, when its device is taken away", async () => {
    const died = new Promise((resolve) => wan.onDeath(resolve));
    await rig.inRouter(["ip", "link", "del", "epwan0"]);
    expect(await died).to.include({ code: "wan-engine-dead" });
    expect((await ping("a", "b", 50)).answered).to.equal(0);
  });

  it("removes all it made on SIGTERM", async () => {
    await rig.stopWan("SIGTERM");
    expect(rig.service?.exitCode).to.equal(0);
    expect(await rig.inRouter(["ip", "rule", "show"])).to.not.contain("lookup 100");
    expect(await rig.inRouter(["ip", "link", "show"])).to.not.contain("epwan");
    expect((await ping("a", "b", 50)).answered).to.equal(50);
  });
});
