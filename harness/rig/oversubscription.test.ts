import { expect } from "chai";

import { oversubscription, oversubscriptionText } from "./oversubscription.ts";

const limits = (cpus: number) => ({ limits: { cpus, memoryMiB: 1024 } });

describe("device classes on a host", () => {
  it("are oversubscribed as often as their CPUs are more than the host's", () => {
    const found = oversubscription([limits(4), limits(2), { limits: undefined }], 2);
    expect(found).to.deep.equal({ promised: 6, cores: 2, ratio: 3 });
    expect(oversubscriptionText(found)).to.contain("promise 6 CPUs, this host has 2: oversubscribed 3 times");
  });

  it("are not where all of them fit, nor where they are labels only", () => {
    expect(oversubscriptionText(oversubscription([limits(2)], 2))).to.equal("");
    expect(oversubscription([{ limits: undefined }], 2)).to.equal(undefined);
    expect(oversubscriptionText(undefined)).to.equal("");
  });
});
