import { expect } from "chai";
import type { DirectedLink, WanBackend } from "../wan-engine.ts";
import { Bench, type Layout } from "./bench.ts";

const LINKS: DirectedLink[] = [
  { from: "a", to: "b", params: { delayMs: 12.5, jitterMs: 2.5, jitterShape: "pareto", loss: 0.002 } },
  { from: "b", to: "a", params: { delayMs: 30, reorder: 0.25, corrupt: 0.01, rateBps: 20_000_000 } },
  { from: "a", to: "c", params: { burst: { enter: 0.01, leave: 0.25 }, loss: 0.05, mtuBytes: 1300 } },
  { from: "c", to: "a", params: { delayMs: 5, jitterMs: 1, jitterShape: "uniform", duplicate: 0.1 } },
  { from: "c", to: "b", params: { delayMs: 200, jitterMs: 50 } },
];

/** What somebody else may have put where a back end works, and the code of the error that refuses it. */
const foreign = (
  layout: Layout,
): Record<Exclude<WanBackend, "none">, { what: string; code: string; commands: string[][] }[]> => ({
  netem: [
    {
      what: "a qdisc at the root of an interface",
      code: "wan-foreign-qdisc",
      commands: [
        `tc qdisc add dev ${DEVICE[layout]} root handle 77: tbf rate 1gbit burst 100kb limit 1mb`.split(" "),
        `tc qdisc add dev ${DEVICE[layout]} ingress`.split(" "),
      ],
    },
  ],
  userspace: [
    {
      what: "a route in the table",
      code: "wan-foreign-routing",
      commands: ["ip route add blackhole 203.0.113.0/24 table 100".split(" ")],
    },
    {
      what: "a rule that looks up the table",
      code: "wan-foreign-routing",
      commands: ["ip rule add pref 500 to 203.0.113.0/24 lookup 100".split(" ")],
    },
    {
      what: "a rule at the preference",
      code: "wan-foreign-routing",
      commands: ["ip rule add pref 1000 iif eth2 lookup 55".split(" ")],
    },
  ],
});

/** Of the machine that `impair` acts on. */
const DEVICE: Record<Layout, string> = { router: "eth2", egress: "eth0" };

/** Absent where the setup failed. */
const destroy = (bench: Bench | undefined) => bench?.destroy();

/** Tests of what a back end says is in force, and of what it leaves behind. Each has machines of its own. */
export function describeStates(backend: Exclude<WanBackend, "none">, layout: Layout): void {
  let bench: Bench;
  let before: unknown;
  const state = (): Promise<unknown> => bench.rig.state();
  const all = layout === "router" ? "the router" : "every machine";

  beforeEach(async () => {
    bench = await Bench.create(backend, layout);
    before = await state();
  });
  afterEach(() => destroy(bench));

  const sorted = (links: readonly DirectedLink[]): DirectedLink[] =>
    [...links].sort((x, y) => `${x.from}${x.to}`.localeCompare(`${y.from}${y.to}`));

  const allPass = async (): Promise<void> => {
    for (const [from, to] of [
      ["a", "b"],
      ["b", "c"],
      ["c", "a"],
    ] as const)
      expect((await bench.send({ count: 50 }, from, to)).arrivals, `${from} -> ${to}`).to.have.length(50);
  };

  it("reads back what was asked, and nothing after it was taken back or made zero", async () => {
    await bench.start();
    expect(await bench.wan.inForce()).to.deep.equal([]);
    await bench.wan.apply(LINKS);
    expect(sorted(await bench.wan.inForce())).to.deep.equal(sorted(LINKS));
    await bench.wan.apply([{ from: "a", to: "b", params: { delayMs: 1 } }]);
    const changed = LINKS.map((link) =>
      link.from === "a" && link.to === "b" ? { ...link, params: { delayMs: 1 } } : link,
    );
    expect(sorted(await bench.wan.inForce())).to.deep.equal(sorted(changed));
    const zero = LINKS.map(({ from, to }) => ({ from, to, params: { delayMs: 0, loss: 0, duplicate: 0 } }));
    await bench.wan.apply(zero);
    expect(await bench.wan.inForce()).to.deep.equal([]);
    await bench.wan.apply(LINKS);
    await bench.wan.clear();
    expect(await bench.wan.inForce()).to.deep.equal([]);
    await allPass();
  });

  it(`leaves ${all} exactly as it was when it is stopped`, async () => {
    await bench.start();
    await bench.wan.apply(LINKS);
    expect(await state()).to.not.deep.equal(before);
    await bench.rig.stopWan("SIGTERM");
    expect(bench.rig.exitCodes.every((code) => code === 0)).to.equal(true);
    expect(await state()).to.deep.equal(before);
    await allPass();
  });

  it(`leaves ${all} exactly as it was when it is killed and cleaned up after, any number of times`, async () => {
    await bench.start();
    await bench.wan.apply(LINKS);
    await bench.rig.stopWan("SIGKILL");
    expect(await state()).to.not.deep.equal(before);
    await bench.rig.cleanWan();
    expect(await state()).to.deep.equal(before);
    await bench.rig.cleanWan();
    expect(await state()).to.deep.equal(before);
    await allPass();
  });

  it("starts over what a killed one left, with nothing in force", async () => {
    await bench.start();
    await bench.wan.apply(LINKS);
    await bench.rig.stopWan("SIGKILL");
    await bench.start();
    expect(await bench.wan.inForce()).to.deep.equal([]);
    await allPass();
    await bench.rig.stopWan("SIGTERM");
    expect(await state()).to.deep.equal(before);
  });

  for (const { what, code, commands } of foreign(layout)[backend]) {
    it(`refuses ${what} that is not its own, and leaves all as it is`, async () => {
      for (const command of commands) await bench.rig.impair(command);
      const others = await state();
      expect(others).to.not.deep.equal(before);
      const said = await bench.start().then(
        () => "started",
        (error: unknown) => String(error),
      );
      expect(said).to.contain(code);
      expect(await state()).to.deep.equal(others);
      await bench.rig.cleanWan();
      expect(await state()).to.deep.equal(others);
    });
  }

  it("keeps nft tables of others", async () => {
    await bench.rig.impair(["nft", "add", "table", "ip", "kube-proxy"]);
    await bench.rig.impair("nft add chain ip kube-proxy services".split(" "));
    await bench.rig.impair(
      "nft add rule ip kube-proxy services ip daddr 10.96.0.1 counter accept".split(" "),
    );
    const others = await state();
    await bench.start();
    await bench.wan.apply(LINKS);
    await bench.rig.stopWan("SIGKILL");
    await bench.rig.cleanWan();
    expect(await state()).to.deep.equal(others);
  });
}
