import { expect } from "chai";
import { z } from "zod";

import { quantity } from "../config/quantity-schema.ts";
import { EdgeproofError } from "../errors.ts";
import { axisText, axisValue, parseAxis, parseResolution, varyText } from "./axis.ts";

const duration = quantity("duration", "A time.");
const share = quantity("share", "A share.");
const whole = z.number().int().min(1).max(100);

/** Each kind of parameter that the real ones have. */
const CATALOGUE = [
  { name: "link-delay", parameters: z.strictObject({ delay: duration }) },
  {
    name: "link-jitter",
    parameters: z.strictObject({ delay: duration, jitter: duration, shape: z.enum(["normal", "pareto"]) }),
  },
  { name: "link-loss", parameters: z.strictObject({ loss: share }) },
  { name: "link-rate", parameters: z.strictObject({ rate: quantity("rate", "A rate.") }) },
  { name: "link-degrade", parameters: z.strictObject({ over: duration, steps: whole.default(5) }) },
  { name: "stream-latency", parameters: z.strictObject({ latency: duration.optional() }) },
  { name: "cpu-pressure", parameters: z.strictObject({ workers: whole, load: share.prefault("100%") }) },
  { name: "node-kill", parameters: z.strictObject({}) },
];

const axis = (text: string) => parseAxis(text, CATALOGUE);

const refusal = (text: string): string => {
  try {
    axis(text);
  } catch (error) {
    if (error instanceof EdgeproofError) return error.format();
    throw error;
  }
  throw new Error(`${text} was not refused`);
};

describe("the axis of a sweep", () => {
  it("is a parameter of a fault, with the unit at the end or at both", () => {
    const delay = { what: "link-delay.delay", fault: { name: "link-delay", parameter: "delay" } };
    const range = { low: 40, high: 90, unit: "ms", whole: false };
    for (const text of ["link-delay.delay=40..90ms", "link-delay.delay=40ms..90ms", "link.delay=40..90ms"])
      expect(axis(text)).to.deep.equal({ ...delay, ...range });
  });

  it("takes the unit of the upper end where both have one", () => {
    expect(axis("link.delay=500ms..2s")).to.include({ low: 0.5, high: 2, unit: "s" });
  });

  it("is short for a fault that is named after its parameter, and no other", () => {
    expect(axis("link.loss=1..5%").what).to.equal("link-loss.loss");
    expect(axis("link.rate=1..20Mbit").what).to.equal("link-rate.rate");
    expect(axis("cpu-pressure.load=5..50%").what).to.equal("cpu-pressure.load");
    expect(axis("stream.latency=5..50ms").what).to.equal("stream-latency.latency");
    expect(refusal("link.bursts=1..5%")).to.match(/nothing can be varied/);
  });

  it("is a number without a unit, or the load's rate", () => {
    expect(axis("cpu-pressure.workers=1..8")).to.include({ unit: "", whole: true, low: 1, high: 8 });
    expect(axis("load.rate=10..400")).to.deep.equal({
      ...{ what: "load.rate", fault: undefined },
      ...{ low: 10, high: 400, unit: "", whole: false },
    });
  });

  it("gives what a scenario file would hold, and what people read", () => {
    expect(axisValue(axis("link.delay=40..90ms"), 66.5)).to.equal("66.5ms");
    expect(axisText(axis("link.delay=40..90ms"), 66.5)).to.equal("66.5 ms");
    expect(axisValue(axis("load.rate=10..400"), 31.2)).to.equal(31.2);
    expect(axisValue(axis("link.loss=1..5%"), 1e-7)).to.equal("0.0000001%");
  });

  it("reads what it writes", () => {
    for (const text of ["link-delay.delay=40..90ms", "load.rate=10..400", "link-loss.loss=0.5..20%"])
      expect(varyText(axis(text))).to.equal(text);
  });

  const refused: [string, RegExp][] = [
    ["link-delay.delay", /has no range/],
    ["link-dealy.delay=1..2ms", /did you mean `link-delay.delay`/],
    ["load.rat=1..2", /did you mean `load.rate`/],
    ["nonsense=1..2", /nothing can be varied that is called `nonsense`/],
    ["link-jitter.jiter=1..2ms", /no parameter `jiter`(.|\n)*did you mean `jitter`/],
    ["link-jitter.shape=1..2ms", /link-jitter.shape is no number(.|\n)*one of delay, jitter/],
    ["node-kill.delay=1..2ms", /node-kill has no parameter/],
    ["link.delay=40..90", /each a duration with a unit/],
    ["link.delay=40..90%", /each a duration with a unit/],
    ["link.delay=-40..90ms", /is no range/],
    ["link.delay=40-90ms", /LOW\.\.HIGH/],
    ["link.delay=90..40ms", /the lower end first(.|\n)*write `link-delay.delay=40\.\.90ms`/],
    ["link.delay=90..90ms", /90 is not below 90/],
    ["link.loss=1..500%", /at most 100%/],
    ["load.rate=1..5ms", /without a unit/],
    ["link-degrade.steps=1..200", /cannot be 200/],
    ["link-degrade.steps=1.5..20", /whole numbers/],
  ];
  for (const [text, words] of refused)
    it(`refuses ${text}`, () => {
      expect(refusal(text)).to.match(words).and.to.contain("--vary");
    });

  it("has a resolution below its length, with its unit or without", () => {
    const delay = axis("link.delay=40..90ms");
    expect([parseResolution(delay, "2"), parseResolution(delay, "0.5ms")]).to.deep.equal([2, 0.5]);
    for (const text of ["0", "50", "2s", "two", "-1"])
      expect(() => parseResolution(delay, text), text).to.throw(/is no resolution/);
    expect(() => parseResolution(axis("cpu-pressure.workers=1..8"), "0.5")).to.throw(/is no resolution/);
  });
});
