import { expect } from "chai";

import { EdgeproofError } from "../errors.ts";
import { readKernelReport, sustainedRatio } from "./kernel-report.ts";

/** As fixtures/characterize printed it on a busy virtual machine with 2 cores, figures shortened. */
const RECORDED =
  '{"schema":1,"machine":{"architecture":"amd64","model":"AMD EPYC","cores":2,"memoryMiB":24105,"kernel":"6.18.44","go":"go1.26.8"},"series":[' +
  '{"kernel":"integer","unit":"rounds/s","threads":1,"stretchMs":100,"perSecond":[4661.4,5229.5,4535.4,5545.2,5368.6,1955.2],"checksum":"798b03cdd2c47bcb"},' +
  '{"kernel":"float","unit":"flop/s","threads":1,"stretchMs":100,"perSecond":[1.21e9,4.19e9,3.93e9,3.91e9,3.70e9,2.93e9],"checksum":"2ff9f7"},' +
  '{"kernel":"memory","unit":"bytes/s","threads":1,"stretchMs":100,"perSecond":[14.8e9,16.7e9,12.5e9,15.4e9,10.4e9,17.5e9],"checksum":"2c000"},' +
  '{"kernel":"crypto","unit":"bytes/s","threads":1,"stretchMs":100,"perSecond":[2.97e9,3.17e9,2.98e9,2.95e9,3.21e9,2.36e9],"checksum":"ca2b68ec66496517"},' +
  '{"kernel":"integer","unit":"rounds/s","threads":2,"stretchMs":100,"perSecond":[3361.9,6442.3,2481.8,5993.2,3976.2,6437.5],"checksum":"798b03cdd2c47bcb"},' +
  '{"kernel":"memory","unit":"bytes/s","threads":2,"stretchMs":100,"perSecond":[22.9e9,20.1e9,21.9e9,21.7e9,9.0e9,24.8e9],"checksum":"2c000"}],' +
  '"sustained":{"kernel":"integer","unit":"rounds/s","threads":2,"stretchMs":100,"perSecond":[1837.4,5247.5,4997.7],"checksum":"798b03cdd2c47bcb"},' +
  '"disk":{"folder":"/","latenciesMs":[0.5,0.3,0.4,0.9,0.2,0.3]},"tookMs":7270}';

describe("What the kernels printed", () => {
  it("becomes scores, each the median with its order-statistic interval", () => {
    const { machine, scores, checksums } = readKernelReport(RECORDED, "a");
    expect(machine).to.include({ cores: 2, model: "AMD EPYC" });
    expect(scores.integer).to.deep.equal({ value: 4661.4, n: 6, low: 1955.2, high: 5545.2 });
    expect(scores["integer-all"]?.value).to.equal(3976.2);
    expect(scores["memory-all"]).to.deep.equal({ value: 21.7e9, n: 6, low: 9e9, high: 24.8e9 });
    expect(scores.parallelism?.value).to.be.closeTo(3976.2 / 4661.4, 1e-12);
    expect(scores.parallelism?.low).to.be.closeTo(2481.8 / 5545.2, 1e-12);
    expect(scores["fsync-p50"]?.value).to.equal(0.3);
    expect(checksums.crypto).to.equal("ca2b68ec66496517");
  });

  it("has no upper end where there are too few samples, and no score where nothing was measured", () => {
    const { scores } = readKernelReport(RECORDED, "a");
    expect(scores["fsync-p99"]).to.deep.equal({ value: 0.9, n: 6, low: 0.5 });
    expect(scores).to.not.have.property("sustained");
  });

  it("on one core takes the first run of a kernel for one core and the last for all", () => {
    const report = JSON.parse(RECORDED);
    report.machine.cores = 1;
    for (const one of report.series) one.threads = 1;
    const { scores } = readKernelReport(JSON.stringify(report), "a");
    expect([scores.integer?.value, scores["integer-all"]?.value]).to.deep.equal([4661.4, 3976.2]);
  });

  it("is refused with the node's name where it is something else", () => {
    for (const text of ["", "{}", RECORDED.replace('"schema":1', '"schema":2')])
      expect(() => readKernelReport(text, "pi-1"))
        .to.throw(EdgeproofError, "cannot be read")
        .with.property("where", "node pi-1");
  });

  it("compares the last two seconds with the first half", () => {
    const throttled = [...Array.from({ length: 5 }, () => 100), 80, ...Array.from({ length: 20 }, () => 60)];
    expect(sustainedRatio(throttled, 100)).to.deep.equal({ value: 0.6, low: 0.6, high: 0.6, n: 25 });
    expect(sustainedRatio(throttled.slice(2), 100)).to.equal(undefined);
  });
});
