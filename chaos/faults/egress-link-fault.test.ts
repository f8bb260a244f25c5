import { expect } from "chai";

import { EgressRig } from "../netns/egress-rig.ts";
import { netnsRuntime } from "../netns/netns-runtime.ts";
import { DirectGuard } from "../journal/direct-guard.ts";
import { skipWithout } from "../wan/conformance/bench.ts";
import { LinkStack } from "../wan/link-stack.ts";
import type { DirectedLink, WanEngine } from "../wan/wan-engine.ts";
import { LinkFault } from "./link-fault.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Where the kernel has no netem `npm run test:vm` runs these in a virtual machine. */
describe("A link fault of machines that impair what they send", function () {
  this.timeout(180_000);
  let rig: EgressRig;
  let runtime: { path: string; remove: () => Promise<void> } | undefined;

  before(async function () {
    await skipWithout("netem", this);
    runtime = await netnsRuntime();
  });
  beforeEach(async () => {
    rig = await EgressRig.create(["cloud", "pi"]);
  });
  afterEach(() => destroy(rig));
  after(() => runtime?.remove());

  const fault = (first: DirectedLink[], engine: WanEngine): LinkFault =>
    new LinkFault({
      name: "slow-uplink",
      phase: "fault",
      stack: new LinkStack(engine),
      guard: new DirectGuard(),
      nodes: ["cloud", "pi"].map((name) => rig.node(name)),
      wanHost: (from) => from,
      runtime: runtime?.path ?? "",
      timeline: { first },
    });

  const reasons = async (first: DirectedLink[], engine: WanEngine): Promise<string[]> => {
    const slow = fault(first, engine);
    await slow.inject();
    await pause(4_000);
    await slow.heal();
    return (await slow.verify()).reasons;
  };

  const DELAYS: DirectedLink[] = [
    { from: "cloud", to: "pi", params: { delayMs: 80 } },
    { from: "pi", to: "cloud", params: { delayMs: 30 } },
  ];

  it("is proved by the probes of both directions, and gone when healed", async () => {
    const wan = await rig.startWan();
    expect(await reasons(DELAYS, wan)).to.deep.equal([]);
    expect(await reasons([{ from: "pi", to: "cloud", params: { loss: 1 } }], wan)).to.deep.equal([]);
    expect(await wan.inForce()).to.deep.equal([]);
    await wan.close();
  });

  it("is proved on machines that have more to do meanwhile, by control probes", async () => {
    const wan = await rig.startWan();
    const slow = fault(DELAYS, wan);
    await slow.inject();
    const busy = new AbortController();
    const loops = ["cloud", "pi"].flatMap((name) =>
      [1, 2].map(() => rig.node(name).exec(["sh", "-c", "while :; do :; done"], { signal: busy.signal })),
    );
    await pause(6_000);
    busy.abort();
    await Promise.allSettled(loops);
    await slow.heal();
    expect((await slow.verify()).reasons).to.deep.equal([]);
    await wan.close();
  });

  it("does not hold where one machine does nothing", async () => {
    const wan = await rig.startWan();
    const halfway: WanEngine = {
      backend: "netem",
      passesControlProbes: true,
      apply: (links) => wan.apply(links.filter(({ from }) => from === "cloud")),
      inForce: () => Promise.resolve(DELAYS),
      clear: () => wan.clear(),
      counters: () => wan.counters(),
      close: () => wan.close(),
    };
    const said = (await reasons(DELAYS, halfway)).join("\n");
    expect(said).to.contain("pi -> cloud");
    await wan.close();
  });
});

/** Absent where the setup failed. */
const destroy = (rig: EgressRig | undefined) => rig?.destroy();
