import { expect } from "chai";

import { parseMachine, procFiles } from "./proc-readings.ts";

const stat = (pid: number, user: number, system: number): string =>
  `${pid} (a (b) c) S 1 2 3 4 5 6 7 8 9 10 ${user} ${system} 0 0 20 0 9 0 123`;

const text = [
  "==> /proc/net/dev <==",
  "Inter-|   Receive                                                |  Transmit",
  " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs",
  "    lo:     100       1    0    0    0     0          0         0      100       1    0",
  "nebula1: 12345     67    0    0    0     0          0         0    54321      76    0",
  "",
  "==> /proc/12/stat <==",
  stat(12, 250, 50),
  "",
  "==> /proc/12/status <==",
  "Name:\tkine",
  "VmRSS:\t   2048 kB",
  "",
  "==> /proc/13/stat <==",
  stat(13, 1, 1),
].join("\n");

describe("what a machine's /proc says", () => {
  it("is asked for the interfaces and each process", () =>
    expect(procFiles([12])).to.deep.equal(["/proc/net/dev", "/proc/12/stat", "/proc/12/status"]));

  const { processes, interfaces } = parseMachine(
    text,
    new Map([
      ["kine", 12],
      ["gone", 13],
    ]),
  );

  it("is CPU seconds and memory of each service, whatever brackets its name has", () =>
    expect(processes.get("kine")).to.deep.equal({ pid: 12, cpuSeconds: 3, rssBytes: 2 * 1024 * 1024 }));

  it("leaves out a process that ended meanwhile", () => expect(processes.has("gone")).to.equal(false));

  it("is the bytes of each interface, both ways", () =>
    expect(interfaces.get("nebula1")).to.deep.equal({ received: 12345, sent: 54321 }));
});
