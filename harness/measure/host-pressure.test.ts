import { expect } from "chai";
import {
  parsePressure,
  parseStat,
  pressureBetween,
  readCounters,
  startHostPressure,
} from "./host-pressure.ts";

const stat = (user: number, idle: number, steal: number): string =>
  `cpu  ${user} 0 10 ${idle} 5 0 1 ${steal} 7 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 1\n`;

const burn = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

describe("host pressure", () => {
  it("is the share of time that was not idle, and the share that was stolen", () => {
    const before = { ...parseStat(stat(100, 900, 0))!, stalledUs: 0, at: 0 };
    const after = { ...parseStat(stat(150, 930, 20))!, stalledUs: 250_000, at: 1000 };
    expect(pressureBetween("typ", before, after, 2)).to.deep.equal({
      phase: "typ",
      cores: 2,
      cpuBusy: 0.7,
      cpuSteal: 0.2,
      psiCpuSome: 0.25,
    });
  });

  it("reads the kernel's own words", () => {
    expect(
      parsePressure("some avg10=0.12 avg60=0.03 avg300=0.00 total=123456\nfull avg10=0.00 total=9\n"),
    ).to.equal(123456);
    expect(parsePressure("")).to.equal(undefined);
    expect(parseStat("cpu0 1 2 3 4")).to.equal(undefined);
  });

  it("leaves out what the kernel does not have, and takes Node's word where there is no /proc", () => {
    const before = readCounters("/nowhere");
    burn(50);
    const pressure = pressureBetween("typ", before, readCounters("/nowhere"), 2);
    expect(pressure).to.not.have.property("psiCpuSome");
    expect(pressure.cpuBusy).to.be.within(0, 1);
    expect(before.total).to.be.greaterThan(0);
  });

  it("sees this very process at work", () => {
    const sampler = startHostPressure("typ");
    burn(300);
    const { cpuBusy, cores } = sampler.stop();
    expect(cpuBusy).to.be.greaterThan(0.5 / cores);
  });
});
