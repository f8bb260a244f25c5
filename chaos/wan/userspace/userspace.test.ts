import { expect } from "chai";
import { NetnsRig } from "../../netns/netns-rig.ts";
import { sendDatagrams } from "../../netns/udp-meter.ts";
import { pingProbe } from "../../probe/ping-probe.ts";
import { skipWithout } from "../conformance/bench.ts";
import { describeWanConformance } from "../conformance/wan-conformance.ts";
import type { WanClient } from "../wan-client.ts";

describeWanConformance("userspace");

/** What only this back end promises; in network namespaces of this process, like the rest. */
describe("The userspace back end alone", function () {
  this.timeout(60_000);
  let rig: NetnsRig;
  let wan: WanClient;

  before(async function () {
    await skipWithout("userspace", this);
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
    return { answered: probes.filter(({ rttMs }) => rttMs !== undefined).length };
  };

  it("says what it is, and whether its packet thread has real-time priority", () => {
    expect(rig.readyLine).to.match(/^wan ready backend=userspace realtime=(granted|denied)$/);
  });

  it("keeps the order while the delay is changed under way", async () => {
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
});
