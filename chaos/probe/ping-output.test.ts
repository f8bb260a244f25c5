import { expect } from "chai";
import { PingOutput } from "./ping-output.ts";

/** As iputils 20221126 prints it over a WAN of 12.5 ms each way that loses and duplicates. */
const LINES = `PING 198.18.2.10 (198.18.2.10) 56(84) bytes of data.
[1795529199.562687] no answer yet for icmp_seq=1
[1795529199.573729] 64 bytes from 198.18.2.10: icmp_seq=1 ttl=62 time=26.1 ms
[1795529199.573772] 64 bytes from 198.18.2.10: icmp_seq=1 ttl=62 time=26.1 ms (DUP!)
[1795529199.573777] no answer yet for icmp_seq=2
[1795529199.586680] no answer yet for icmp_seq=3
[1795529199.602723] no answer yet for icmp_seq=4
[1795529199.612493] 64 bytes from 198.18.2.10: icmp_seq=4 ttl=62 time=25.6 ms
[1795529199.622693] no answer yet for icmp_seq=5
[1795529199.628230] 64 bytes from 198.18.2.10: icmp_seq=5 ttl=62 time=25.4 ms
[1795529199.638426] no answer yet for icmp_seq=6`.split("\n");

const read = (lines: readonly string[]): PingOutput => {
  const output = new PingOutput(10);
  lines.forEach(output.line);
  return output;
};

describe("The output of ping", () => {
  it("gives answers, losses and duplicates", () => {
    const { probes, duplicates } = read(LINES).settled(0);
    expect(probes.map(({ sequence, rttMs }) => [sequence, rttMs])).to.deep.equal([
      [1, 26.1],
      [2, undefined],
      [3, undefined],
      [4, 25.6],
      [5, 25.4],
      [6, undefined],
    ]);
    expect(duplicates).to.equal(1);
    expect(probes[0]!.sentAt).to.be.closeTo(1795529199573.729 - 26.1, 0.01);
  });

  it("leaves out what may still be under way, answered or not", () => {
    // The last line is of .638; 30 ms before it the probes 1 to 5 were sent, 5 at .603.
    expect(
      read(LINES)
        .settled(30)
        .probes.map(({ sequence }) => sequence),
    ).to.deep.equal([1, 2, 3, 4, 5]);
    expect(read(LINES).settled(1000).probes).to.deep.equal([]);
  });

  it("counts a late answer as an answer", () => {
    const late = "[1795529199.640000] 64 bytes from 198.18.2.10: icmp_seq=2 ttl=62 time=81.2 ms";
    const { probes } = read([...LINES, late]).settled(0);
    expect(probes.find(({ sequence }) => sequence === 2)?.rttMs).to.equal(81.2);
  });

  it("follows the sequence number over its 16 bits", () => {
    const lines = [20000, 45000, 65535, 0, 1].map(
      (sequence, i) =>
        `[${(100 + i / 100).toFixed(6)}] 64 bytes from 198.18.2.10: icmp_seq=${sequence} ttl=62 time=0.2 ms`,
    );
    const { probes } = read(lines).settled(0);
    expect(probes.map(({ sequence }) => sequence)).to.deep.equal([20000, 45000, 65535, 65536, 65537]);
  });

  it("takes no error message for an answer", () => {
    const error = "[1795529199.640000] From 198.18.1.2 icmp_seq=7 Destination Host Unreachable";
    expect(read([error]).settled(0).probes).to.deep.equal([]);
  });
});
