import { expect } from "chai";

import type { Probe } from "../../../chaos/probe/ping-output.ts";
import { firstAnswer, pairStory } from "./pair-silence.ts";

/** One probe each 100 ms from 0 on: `.` answered, `x` lost. */
const series = (text: string): Probe[] =>
  Array.from(text, (mark, sequence) => ({
    sequence,
    sentAt: sequence * 100,
    rttMs: mark === "." ? 1 : undefined,
  }));

describe("the story of a pair around a fault", () => {
  it("has no cut where single probes are lost, and counts them", () => {
    const story = pairStory(series(".....x.xx...........x......"), 200, 2200);
    expect(story).to.deep.equal({ cut: undefined, back: 0, recovery: 0, sent: 20, lost: 4 });
  });

  it("measures the cut and the way back from when the fault was in force, and the recovery from its end", () => {
    const story = pairStory(series("......xxxxxxxxxx..........xxxxxxxxxx........"), 400, 3000);
    expect(story).to.include({ cut: 200, back: 1200, recovery: 600 });
  });

  it("has no value for what never came", () => {
    const story = pairStory(series(`....${"x".repeat(40)}`), 400, 2000);
    expect(story).to.include({ cut: 0, back: undefined, recovery: undefined });
  });

  it("does not take a single answer for a way that is open again", () => {
    expect(pairStory(series("....xxxxx.xxxxxx.xx......"), 400, 1000).recovery).to.equal(900);
  });

  it("finds the first answer", () => {
    expect(firstAnswer(series("xxx.x"))).to.equal(300);
    expect(firstAnswer(series("xxx"))).to.equal(undefined);
  });
});
