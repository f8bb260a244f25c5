import { expect } from "chai";
import type { LinkParams } from "../../harness/config/model.ts";
import { Direction } from "../wan/impairment/direction.ts";
import { encodeParams, FIELDS_PER_DIRECTION } from "../wan/impairment/parameters.ts";
import { Random } from "../wan/impairment/random.ts";
import type { DirectedLink } from "../wan/wan-engine.ts";
import { judgeLinkReceipt, type LinkEvidence, type LinkObservation } from "./link-receipt.ts";
import type { ProbeSeries } from "./ping-output.ts";

/** Probes through a link as the impairment model makes it, over a path of 0.2 ms with a little noise. */
function probe(there: LinkParams, back: LinkParams, count: number, seed: number): ProbeSeries {
  const random = new Random(seed);
  const direction = (params: LinkParams): Direction => {
    const block = new Float64Array(FIELDS_PER_DIRECTION);
    encodeParams(params, block, 0);
    return new Direction(block, 0, new Random(random.next() * 2 ** 40));
  };
  const [out, home] = [direction(there), direction(back)];
  const probes = Array.from({ length: count }, (_, sequence) => {
    const sentAt = sequence * 10;
    const arrivals = through(out, sentAt);
    const returns = Math.min(...arrivals.flatMap((arrival) => through(home, arrival)));
    const noise = 0.2 + Math.abs(0.03 * random.normal());
    return { sequence, sentAt, rttMs: returns === Infinity ? undefined : returns - sentAt + noise };
  });
  return { from: "a", to: "b", probes, duplicates: 0 };
}

/** When the copies of a ping come out at the other end, intact. */
function through(direction: Direction, now: number): number[] {
  const copies = Math.max(0, direction.plan(now, 84));
  return [...direction.releases.subarray(0, copies)].filter(() => direction.corruptedBit(512) < 0);
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
}

function evidence({ asked, real = asked, base = {}, after = base, counts = [60, 400, 60] }: Story, seed = 1) {
  const observation: LinkObservation = {
    before: probe(base, base, counts[0], seed),
    during: probe(real, real, counts[1], seed + 1e6),
    after: probe(after, after, counts[2], seed + 2e6),
  };
  const result: LinkEvidence = {
    fault: "slow",
    phase: "fault",
    askedAt: 1,
    injectedAt: 2,
    healedAt: 3,
    base: both(base),
    asked: both(asked),
    observations: [observation],
    troubles: [],
  };
  return result;
}

const cld: LinkParams = { delayMs: 12.5, jitterMs: 2.5, loss: 0.002 };
const typ: LinkParams = { delayMs: 2.08, jitterMs: 0.42, loss: 0.0003 };

describe("The receipt of a link fault", () => {
  const held: [string, Story][] = [
    ["a delay", { asked: { delayMs: 50 } }],
    ["a profile", { asked: cld }],
    ["a worse profile over another", { asked: cld, base: typ }],
    ["loss", { asked: { loss: 0.2 } }],
    ["bursty loss", { asked: { burst: { enter: 0.02, leave: 0.2 } } }],
    ["a partition", { asked: { loss: 1 } }],
    ["a partition over a profile", { asked: { loss: 1 }, base: typ }],
    ["corruption and duplication", { asked: { corrupt: 0.05, duplicate: 0.1 } }],
  ];
  for (const [what, story] of held) {
    it(`holds for ${what} that is there`, () => {
      const receipt = judgeLinkReceipt(evidence(story));
      expect(receipt.reasons).to.deep.equal([]);
      expect(receipt.held).to.equal(true);
      expect([receipt.before.length, receipt.during.length, receipt.after.length]).to.not.include(0);
    });
  }

  const broken: [string, Story, string][] = [
    ["a delay that is not there", { asked: { delayMs: 25 }, real: {} }, "a <-> b during: rtt-ms"],
    [
      "a delay that is a tenth too short",
      { asked: { delayMs: 25 }, real: { delayMs: 22.5 } },
      "during: rtt-ms",
    ],
    ["jitter that is not there", { asked: cld, real: { delayMs: 12.5, loss: 0.002 } }, "during: jitter-ms"],
    ["loss that is not there", { asked: { loss: 0.05 }, real: {} }, "during: loss 0 measured"],
    ["half the loss asked for", { asked: { loss: 0.4 }, real: { loss: 0.2 } }, "during: loss"],
    ["a partition that leaks", { asked: { loss: 1 }, real: { loss: 0.8 } }, "reachable"],
    ["a fault that stays after healing", { asked: cld, after: cld }, "after: rtt-ms"],
    [
      "a fault that was there before",
      { asked: cld, real: cld, counts: [0, 400, 60] },
      "before: loss not measured",
    ],
    ["no probes", { asked: cld, counts: [60, 0, 60] }, "during: loss not measured (0 samples)"],
    ["too few probes", { asked: { loss: 1 }, counts: [60, 99, 60] }, "during: reachable"],
  ];
  for (const [what, story, reason] of broken) {
    it(`does not hold for ${what}, and says so with numbers`, () => {
      const receipt = judgeLinkReceipt(evidence(story));
      expect(receipt.held).to.equal(false);
      expect(receipt.reasons.join("\n")).to.contain(reason);
    });
  }

  it("does not hold when the link was impaired before", () => {
    const story = evidence({ asked: cld });
    const [observation] = story.observations;
    const receipt = judgeLinkReceipt({
      ...story,
      observations: [{ ...observation!, before: observation!.during }],
    });
    expect(receipt.reasons.join("\n")).to.contain("before: rtt-ms").and.to.contain("during: rtt-ms");
  });

  it("does not hold without links or with trouble seen otherwise", () => {
    expect(judgeLinkReceipt({ ...evidence({ asked: {} }), observations: [] }).held).to.equal(false);
    const receipt = judgeLinkReceipt({ ...evidence({ asked: {} }), troubles: ["the engine died"] });
    expect(receipt.reasons).to.deep.equal(["the engine died"]);
  });

  it("seldom calls a fault broken that held: at most 1 in 1000, here none or one of 400", () => {
    let alarms = 0;
    for (let run = 0; run < 400; run++) {
      const story: Story = { asked: { ...cld, loss: 0.05 }, base: typ, counts: [60, 200, 60] };
      if (!judgeLinkReceipt(evidence(story, 7 * run)).held) alarms++;
    }
    expect(alarms).to.be.at.most(1);
  });

  it("survives being written as JSON", () => {
    const receipt = judgeLinkReceipt(evidence({ asked: { loss: 1 }, counts: [0, 0, 0] }));
    expect(JSON.parse(JSON.stringify(receipt))).to.deep.equal(receipt);
  });
});
