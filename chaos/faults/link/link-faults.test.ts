import { expect } from "chai";

import { EdgeproofError } from "../../../harness/errors.ts";
import type { Receipt } from "../../../harness/record/model.ts";
import { DirectGuard } from "../../journal/direct-guard.ts";
import { useNetnsWan } from "../../netns/use-netns-wan.ts";
import { LinkStack } from "../../wan/link-stack.ts";
import type { LinkDirection, WanEngine } from "../../wan/wan-engine.ts";
import type { FaultContext } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";
import type { Fault } from "../fault.ts";
import { linkFaults } from "./index.ts";

interface Example {
  fault: string;
  input: Record<string, unknown>;
}

/** One of each, with magnitudes that a window of a few seconds proves. */
const EXAMPLES: Example[] = [
  { fault: "link-delay", input: { delay: "50ms" } },
  { fault: "link-jitter", input: { delay: "20ms", jitter: "5ms", shape: "pareto" } },
  { fault: "link-loss", input: { loss: "5%" } },
  { fault: "link-burst-loss", input: { enter: "5%", leave: "25%" } },
  { fault: "link-duplicate", input: { duplicate: "5%" } },
  { fault: "link-reorder", input: { reorder: "10%", delay: "20ms" } },
  { fault: "link-corrupt", input: { corrupt: "5%" } },
  { fault: "link-rate", input: { rate: "5Mbit" } },
  { fault: "link-mtu", input: { mtu: "1280B" } },
  { fault: "link-profile", input: { profile: "lossy" } },
  { fault: "link-partition", input: {} },
  { fault: "link-blip", input: { down: "1.5s" } },
  { fault: "link-flap", input: { down: "1s", up: "1s" } },
  { fault: "link-degrade", input: { from: { delay: "5ms" }, to: { delay: "30ms" }, over: "2s", steps: 2 } },
];

/** No magnitude: they must leave everything as it is. A partition has no magnitude to take away. */
const NOTHING: Example[] = [
  { fault: "link-delay", input: { delay: "0ms" } },
  { fault: "link-jitter", input: { delay: "0ms", jitter: "0ms" } },
  { fault: "link-loss", input: { loss: "0%" } },
  { fault: "link-burst-loss", input: { enter: "0%", leave: "20%" } },
  { fault: "link-duplicate", input: { duplicate: "0%" } },
  { fault: "link-reorder", input: { reorder: "0%" } },
  { fault: "link-corrupt", input: { corrupt: "0%" } },
  { fault: "link-rate", input: { rate: "0bit" } },
  { fault: "link-mtu", input: { mtu: "1500B" } },
  { fault: "link-profile", input: { profile: "lcl" } },
  { fault: "link-blip", input: { down: "0ms" } },
  { fault: "link-flap", input: { down: "0ms", up: "1s" } },
  { fault: "link-degrade", input: { from: {}, to: {}, over: "2s", steps: 1 } },
];

/** Enough for the probes of the slowest link, also where the host stands still for a second. */
const WINDOW_MS = 6_000;
const MACHINES = ["cloud", "metal", "pi", "vm", "tester"];
const PAIRS = MACHINES.flatMap((a, index) => MACHINES.slice(index + 1).map((b): [string, string] => [a, b]));
/** So many faults at once, that their probes do not disturb each other: more where no figure has to be exact. */
const AT_ONCE = { measured: 5, off: 7, nothing: 7 };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("Each link fault", function () {
  this.timeout(120_000);
  const netns = useNetnsWan(MACHINES);

  async function build(
    { fault, input }: Example,
    directions: LinkDirection[],
    links: LinkStack,
  ): Promise<Fault> {
    const definition = linkFaults.find(({ name }) => name === fault);
    if (!definition) throw new Error(`no fault ${fault}`);
    const machines = [...netns.rig.nodes];
    const context = {
      name: fault,
      phase: "fault",
      guard: new DirectGuard(),
      links,
      unprobed: [],
      rig: {
        machines,
        wanHost: () => "wan",
        paths: { bin: "", runtime: netns.runtime },
      } as unknown as FaultRig,
    } as unknown as FaultContext;
    return definition.build(definition.parameters.parse(input), { kind: "links", directions }, context);
  }

  const ways = ([a, b]: [string, string]): LinkDirection[] => [
    { from: a, to: b },
    { from: b, to: a },
  ];

  /** At the same time, each between two machines of its own. */
  async function together(examples: Example[], engine: WanEngine): Promise<Receipt[]> {
    const stack = new LinkStack(engine);
    return Promise.all(
      examples.map(async (example, index) => {
        const fault = await build(example, ways(PAIRS[index] ?? ["", ""]), stack);
        await fault.inject();
        await pause(WINDOW_MS);
        await fault.heal();
        return fault.verify();
      }),
    );
  }

  const groups = (examples: Example[], size: number): Example[][] =>
    Array.from({ length: Math.ceil(examples.length / size) }, (_, index) =>
      examples.slice(index * size, index * size + size),
    );
  const names = (examples: Example[]): string => examples.map(({ fault }) => fault).join(", ");

  it("of the catalogue is among the examples here", () => {
    expect(EXAMPLES.map(({ fault }) => fault)).to.have.members(linkFaults.map(({ name }) => name));
  });

  for (const group of groups(EXAMPLES, AT_ONCE.measured))
    it(`is measured on the wire, and gone when healed: ${names(group)}`, async () => {
      for (const { reasons, fault } of await together(group, netns.wan))
        expect(reasons, fault).to.deep.equal([]);
      expect(await netns.wan.inForce()).to.deep.equal([]);
    });

  for (const group of groups(EXAMPLES, AT_ONCE.off))
    it(`does not hold when the back end does nothing: ${names(group)}`, async () => {
      const told = new LinkStack({ ...({} as WanEngine), apply: () => Promise.resolve() });
      // It even says that all is in force.
      const inForce = () =>
        Promise.resolve(PAIRS.flatMap(ways).map((link) => ({ ...link, params: told.effective(link) })));
      const off = { ...told.engine, inForce };
      for (const { held, fault } of await together(group, off)) expect(held, fault).to.equal(false);
    });

  for (const group of groups(NOTHING, AT_ONCE.nothing))
    it(`of no magnitude leaves things as they were, and holds: ${names(group)}`, async () => {
      for (const { reasons, fault } of await together(group, netns.wan))
        expect(reasons, fault).to.deep.equal([]);
    });

  const refused: [Example, string][] = [
    [{ fault: "link-jitter", input: { delay: "5ms", jitter: "10ms" } }, "above delayMs"],
    [{ fault: "link-jitter", input: { delay: "10ms", jitter: "9ms", shape: "uniform" } }, "below 0"],
    [{ fault: "link-delay", input: { delay: "11s" } }, "delayMs is 11000"],
    [{ fault: "link-burst-loss", input: { enter: "1%", leave: "0%" } }, "would never end"],
    [{ fault: "link-reorder", input: { reorder: "10%", delay: "1ms" } }, "nothing to overtake"],
    [{ fault: "link-rate", input: { rate: "64kbit" } }, "cannot be proved"],
    [{ fault: "link-rate", input: { rate: "1Gbit" } }, "cannot be proved"],
    [{ fault: "link-mtu", input: { mtu: "500B" } }, "cannot be given"],
    [{ fault: "link-profile", input: { profile: "moon" } }, "there is no profile moon"],
    [{ fault: "link-blip", input: { down: "100ms" } }, "too short to be proved"],
    [{ fault: "link-flap", input: { down: "1s", up: "100ms" } }, "too short to be proved"],
    [{ fault: "link-degrade", input: { from: {}, to: { delay: "1s" }, over: "2s", steps: 10 } }, "too short"],
  ];
  for (const [example, reason] of refused)
    it(`is refused before anything is touched: ${example.fault} ${JSON.stringify(example.input)}`, async () => {
      const touched = { ...({} as WanEngine), apply: () => Promise.reject(new Error("touched")) };
      const error = await build(example, ways(PAIRS[0]!), new LinkStack(touched)).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.be.instanceOf(EdgeproofError).and.to.include({ exitCode: 64 });
      expect(String(error)).to.contain(reason);
    });
});
