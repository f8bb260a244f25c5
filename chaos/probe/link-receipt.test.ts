import { expect } from "chai";
import type { LinkParams } from "../../harness/config/model.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { Direction } from "../wan/impairment/direction.ts";
import { encodeParams, FIELDS_PER_DIRECTION } from "../wan/impairment/parameters.ts";
import { Random } from "../../harness/statistics/random.ts";
import type { LinkLayer, LinkMoment } from "../wan/link-history.ts";
import type { DirectedLink } from "../wan/wan-engine.ts";
import type { Datagram, MeterSeries } from "./link-meter.ts";
import { METER_BYTES } from "./link-plan.ts";
import { pathsOf } from "./link-paths.ts";
import { judgeLinks, type LinkReadings } from "./link-receipt.ts";
import type { ProbeSeries } from "./ping-output.ts";

/** When each part of the story begins, ms. */
const AT = { before: 10_000, during: 100_000, after: 200_000 };
/** The receiver's clock is ahead. */
const CLOCK_OFFSET_MS = 3_000;

/** What a path adds in each direction, besides 0.1 ms with a little noise. */
interface Busy {
  delayMs: number;
  sdMs: number;
  loss: number;
}
const QUIET: Busy = { delayMs: 0, sdMs: 0, loss: 0 };

/** Probes through a link as the impairment model makes it, over a path of 0.2 ms with a little noise. */
function readings(params: LinkParams, count: number, at: number, seed: number, busy = QUIET): LinkReadings {
  const random = new Random(seed);
  const direction = (): Direction => {
    const block = new Float64Array(FIELDS_PER_DIRECTION);
    encodeParams(params, block, 0);
    return new Direction(block, 0, new Random(random.next() * 2 ** 40));
  };
  const noise = (): number =>
    0.1 + Math.abs(0.02 * random.normal()) + Math.abs(busy.delayMs + busy.sdMs * random.normal());
  const lost = (): boolean => random.next() < busy.loss;
  const [out, home, alone] = [direction(), direction(), direction()];
  const probes = Array.from({ length: count }, (_, sequence) => {
    const sentAt = at + sequence * 10;
    const returns = Math.min(
      ...through(out, sentAt, 84).flatMap((arrival) => through(home, arrival, 84, true)),
    );
    const rttMs = returns === Infinity || lost() ? undefined : returns - sentAt + noise() + noise();
    return { sequence, sentAt, rttMs };
  });
  const datagrams = Array.from({ length: count }, (_, sequence): Datagram => {
    const sentAt = at + sequence * 10;
    const transitsMs = through(alone, sentAt, 128).map((time) => time - sentAt + noise() + CLOCK_OFFSET_MS);
    return { sentAt, bytes: METER_BYTES, transitsMs: lost() ? [] : transitsMs };
  });
  const end = (name: string): NodeHandle => ({ name }) as NodeHandle;
  const request = { from: end("a"), to: end("b"), intervalMs: 10, bytes: [METER_BYTES] };
  const ping: ProbeSeries = { from: "a", to: "b", probes, duplicates: 0 };
  const flow: MeterSeries = { request, datagrams, flood: [] };
  return { pings: [ping], flows: [flow] };
}

/** When the copies of a packet come out at the other end, intact; of an echo's answer 40 of its 512 bits must be. */
function through(direction: Direction, now: number, bytes: number, answer = false): number[] {
  const copies = Math.max(0, direction.plan(now, bytes));
  return [...direction.releases.subarray(0, copies)].filter(() => {
    const bit = direction.corruptedBit(512);
    return bit < 0 || (answer && bit >= 40);
  });
}

const both = (params: LinkParams): DirectedLink[] => [
  { from: "a", to: "b", params },
  { from: "b", to: "a", params },
];

interface Story {
  asked: LinkParams;
  /** What the link really did, if not what was asked. */
  real?: LinkParams;
  base?: LinkParams;
  after?: LinkParams;
  counts?: [number, number, number];
  /** What the path does besides while the fault is in force, or all the time. */
  busy?: Busy;
  always?: boolean;
  /** Whether there are control probes, and whether nothing is added to them as it should be. @default none */
  control?: "right" | "impaired";
}

function judged(story: Story, seed = 1) {
  const { asked, real, base = {}, after = base, counts = [60, 400, 60], busy = QUIET, control } = story;
  const layer = (name: string, params: LinkParams): LinkLayer => ({ name, links: both(params) });
  const moment = (at: number, layers: LinkLayer[]): LinkMoment => ({ askedAt: at, inForceAt: at, layers });
  const below = layer("base", base);
  const history = [
    moment(-Infinity, []),
    moment(0, [below]),
    moment(AT.during - 1000, [below, layer("fault", asked)]),
    moment(AT.after - 1000, [below]),
  ];
  const together = { ...base, ...(real ?? asked) };
  const part = (when: "before" | "during" | "after", params: LinkParams, index: 0 | 1 | 2): LinkReadings => {
    const at = AT[when];
    const path = when === "during" || story.always ? busy : QUIET;
    const own = readings(params, counts[index], at, seed + index * 1e6, path);
    const beside = control === "impaired" ? params : {};
    return control
      ? { ...own, control: readings(beside, counts[index], at, seed + index * 1e6 + 5e5, path) }
      : own;
  };
  const parts = {
    before: part("before", base, 0),
    during: part("during", together, 1),
    after: part("after", after, 2),
  };
  const paths = pathsOf(parts.before, history);
  const judge = (when: keyof typeof parts) =>
    judgeLinks({
      when,
      readings: parts[when],
      paths,
      history,
      layer: when === "during" ? "fault" : undefined,
      disturbances: () => [],
      sizes: [],
    });
  const [first, during, last] = [judge("before"), judge("during"), judge("after")];
  const checks = [...first.checks, ...during.checks, ...last.checks];
  const all = { before: first, during, after: last };
  const wrong = (["before", "during", "after"] as const).flatMap((when) => {
    const unheld = all[when].checks.filter(({ held }) => !held);
    return unheld.map(({ subject, quantity, samples }) => `${when}: ${subject} ${quantity} (${samples})`);
  });
  return { checks, during, wrong, untold: during.untold };
}

const cld: LinkParams = { delayMs: 12.5, jitterMs: 2.5, loss: 0.002 };
const typ: LinkParams = { delayMs: 2.08, jitterMs: 0.42, loss: 0.0003 };

describe("The receipt of a link fault", () => {
  const held: [string, Story][] = [
    ["a delay", { asked: { delayMs: 50 } }],
    ["a profile", { asked: cld }],
    ["a worse profile over another", { asked: cld, base: typ }],
    ["jitter with a long tail", { asked: { delayMs: 20, jitterMs: 5, jitterShape: "pareto" } }],
    ["jitter without tails", { asked: { delayMs: 20, jitterMs: 5, jitterShape: "uniform" } }],
    ["jitter as great as the delay, cut at 0", { asked: { delayMs: 20, jitterMs: 20 } }],
    ["loss", { asked: { loss: 0.2 } }],
    ["bursty loss", { asked: { burst: { enter: 0.05, leave: 0.3 } } }],
    ["a partition", { asked: { loss: 1 } }],
    ["a partition over a profile", { asked: { loss: 1 }, base: typ }],
    ["corruption and duplication", { asked: { corrupt: 0.1, duplicate: 0.1 } }],
    ["reordering", { asked: { delayMs: 20, reorder: 0.2 } }],
  ];
  for (const [what, story] of held) {
    it(`holds for ${what} that is there, and tells it from its absence`, () => {
      const { wrong, untold } = judged(story);
      expect(wrong).to.deep.equal([]);
      expect(untold).to.deep.equal([]);
    });
  }

  const broken: [string, Story, string][] = [
    ["a delay that is not there", { asked: { delayMs: 25 }, real: {} }, "during: a <-> b rtt-ms"],
    ["a delay that is a tenth too short", { asked: { delayMs: 25 }, real: { delayMs: 22.5 } }, "latency-ms"],
    ["jitter that is not there", { asked: cld, real: { ...cld, jitterMs: 0 } }, "during: a <-> b jitter-ms"],
    [
      "jitter of another shape",
      { asked: { delayMs: 40, jitterMs: 10 }, real: { delayMs: 40, jitterMs: 10, jitterShape: "pareto" } },
      "a -> b jitter-ms",
    ],
    ["loss that is not there", { asked: { loss: 0.05 }, real: {} }, "during: a <-> b loss"],
    ["half the loss asked for", { asked: { loss: 0.4 }, real: { loss: 0.2 } }, "during: a -> b loss"],
    ["a partition that leaks", { asked: { loss: 1 }, real: { loss: 0.8 } }, "reachable"],
    ["duplicates that are not there", { asked: { duplicate: 0.1 }, real: {} }, "a -> b duplicates"],
    [
      "reordering that is not there",
      { asked: { delayMs: 20, reorder: 0.2 }, real: { delayMs: 20 } },
      "a -> b reordered",
    ],
    ["a fault that stays after healing", { asked: cld, after: cld }, "after: a <-> b rtt-ms"],
    ["no probes before", { asked: cld, counts: [0, 400, 60] }, "before: a <-> b loss (0)"],
    ["no probes", { asked: cld, counts: [60, 0, 60] }, "during: a <-> b loss (0)"],
    ["too few probes", { asked: { loss: 1 }, counts: [60, 99, 60] }, "during: a <-> b reachable"],
  ];
  for (const [what, story, reason] of broken) {
    it(`does not hold for ${what}, and says so`, () => {
      expect(judged(story).wrong.join("\n")).to.contain(reason);
    });
  }

  const busy: Busy = { delayMs: 4, sdMs: 2, loss: 0 };
  const wan: Busy = { delayMs: 40, sdMs: 1, loss: 0.01 };
  const beside: [string, Story][] = [
    ["machines that take longer under load", { asked: { delayMs: 25 }, busy, control: "right" }],
    ["a profile on such machines", { asked: cld, base: typ, busy, control: "right" }],
    ["a way over the Internet", { asked: { ...cld, loss: 0.1 }, busy: wan, always: true, control: "right" }],
    ["a partition of such a way", { asked: { loss: 1 }, busy: wan, always: true, control: "right" }],
  ];
  for (const [what, story] of beside)
    it(`compares with control probes of the same moments: holds for ${what}`, () => {
      const { wrong, untold } = judged(story);
      expect(wrong).to.deep.equal([]);
      expect(untold).to.deep.equal([]);
    });

  const none: [string, Story, string][] = [
    ["a delay, with the machines' own", { asked: { delayMs: 8 }, real: {}, busy }, "during: a <-> b rtt-ms"],
    [
      "a loss, with the way's own",
      { asked: { loss: 0.1 }, real: {}, busy: wan, always: true },
      "a <-> b loss",
    ],
    ["a fault that stays", { asked: cld, after: cld, busy: wan, always: true }, "after: a <-> b rtt-ms"],
  ];
  for (const [what, story, reason] of none)
    it(`is not taken in by ${what}`, () => {
      expect(judged({ ...story, control: "right" }).wrong.join("\n")).to.contain(reason);
    });

  it("does not hold where control probes are impaired, too", () => {
    const { wrong } = judged({ asked: { delayMs: 25 }, control: "impaired" });
    expect(wrong.join("\n")).to.contain("during: a <-> b rtt-ms");
  });

  it("does not hold for machines under load without control probes", () => {
    expect(judged({ asked: { delayMs: 25 }, busy }).wrong.join("\n")).to.contain("during: a <-> b rtt-ms");
  });

  it("tells where the fault could not be told from its absence", () => {
    expect(judged({ asked: { loss: 0.001 }, real: {} }).untold).to.deep.equal(["a -> b"]);
    expect(judged({ asked: {} }).untold).to.deep.equal([]);
  });

  it("seldom calls a fault broken that held: at most 1 in 1000, here none or one of 150", () => {
    let alarms = 0;
    for (let run = 0; run < 150; run++) {
      const story: Story = { asked: { ...cld, loss: 0.05 }, base: typ, counts: [60, 200, 60] };
      if (judged(story, 7 * run).wrong.length > 0) alarms++;
    }
    expect(alarms).to.be.at.most(1);
  });

  it("survives being written as JSON", () => {
    const { checks } = judged({ asked: { loss: 1 }, counts: [0, 0, 0] });
    expect(JSON.parse(JSON.stringify(checks))).to.deep.equal(checks);
  });
});
