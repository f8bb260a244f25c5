import { expect } from "chai";
import { PingOutput } from "./ping-output.ts";

/** As fping 5.1 prints it, with `-t 200`, over a WAN of 12.5 ms each way that loses. */
const LINES = `[100.02600] 198.18.2.10 : [0], 64 bytes, 26.0 ms (26.0 avg, 0% loss)
[100.04550] 198.18.2.10 : [2], 64 bytes, 25.5 ms (25.7 avg, 33% loss)
[100.21000] 198.18.2.10 : [1], timed out (25.7 avg, 33% loss)
[100.06540] 198.18.2.10 : [4], 64 bytes, 25.4 ms (25.6 avg, 5% loss)
[100.27540] 198.18.2.10 : [5], 64 bytes, 225.4 ms (25.6 avg, 5% loss)`.split("\n");

const read = (lines: readonly string[]): PingOutput => {
  const output = new PingOutput(200);
  lines.forEach(output.line);
  return output;
};

describe("The output of fping", () => {
  it("gives answers and losses in the order of sending, a request that no line tells of as lost", () => {
    const { probes } = read(LINES).all();
    expect(probes.map(({ sequence, rttMs }) => [sequence, rttMs])).to.deep.equal([
      [0, 26],
      [1, undefined],
      [2, 25.5],
      [3, undefined],
      [4, 25.4],
      [5, 225.4],
    ]);
    for (const [index, sentAt] of [100_000, 100_010, 100_020, 100_030, 100_040, 100_050].entries())
      expect(probes[index]?.sentAt).to.be.closeTo(sentAt, 0.01);
  });

  it("leaves out what was still under way when it was stopped, answered or not", () => {
    // Up to .226, 200 ms before it the probes 0 to 2 were sent.
    expect(
      read(LINES.slice(0, 3).concat("[100.22600] 198.18.2.10 : [20], 64 bytes, 25.4 ms (25.6 avg, 5% loss)"))
        .settled()
        .probes.map(({ sequence }) => sequence),
    ).to.deep.equal([0, 1, 2]);
  });

  it("counts answers beyond the first as duplicates", () => {
    const again = "198.18.2.10 : duplicate for [0], 64 bytes, 26.2 ms";
    expect(read([...LINES, again]).all().duplicates).to.equal(1);
  });

  it("takes no error message for an answer", () => {
    const error = "ICMP Host Unreachable from 198.18.1.2 for ICMP Echo sent to 198.18.2.10";
    expect(read([error]).all().probes).to.deep.equal([]);
  });
});
