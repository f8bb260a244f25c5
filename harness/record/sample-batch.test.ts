import { expect } from "chai";

import type { Sample } from "./model.ts";
import { SampleBatch } from "./sample-batch.ts";
import { phase, samplesOf } from "./testing.ts";

describe("samples on their way to the disk", () => {
  const [one] = samplesOf(phase("typ"), [5]);

  it("are written together, each once, and the rest at the end", () => {
    const written: (readonly Sample[])[] = [];
    const batch = new SampleBatch((samples) => written.push(samples));
    for (let i = 0; i < 2500; i++) batch.add(one!, 0);
    batch.flush();
    batch.flush();
    expect(written.map(({ length }) => length)).to.deep.equal([1000, 1000, 500]);
  });

  it("wait for a second at most while others come", () => {
    let written = 0;
    const batch = new SampleBatch((samples) => (written += samples.length));
    for (let at = 0; at <= 1000; at += 100) batch.add(one!, at);
    expect(written).to.equal(11);
  });
});
