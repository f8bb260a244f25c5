import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect } from "chai";

import { foreignTicks, ownRoots, parseProcess, type ProcessTable, readProcesses } from "./foreign-cpu.ts";

const table = (
  ...processes: [id: number, ppid: number, name: string, own: number, waited?: number][]
): ProcessTable =>
  new Map(
    processes.map(([id, ppid, name, own, waited = 0]) => [id, { ppid, name, own, waited, started: id }]),
  );

describe("CPU time of other processes", () => {
  it("is read from the kernel's own words, whatever a program calls itself", () => {
    const stat = `42 (a) R (b)) S 7 42 42 0 -1 4194560 9 8 0 0 11 22 33 44 20 0 1 0 555 0 0`;
    expect(parseProcess(stat)).to.deep.equal({
      ppid: 7,
      name: "a) R (b)",
      own: 33,
      waited: 77,
      started: 555,
    });
    expect(parseProcess("42 (short) S 7")).to.equal(undefined);
    expect(readProcesses("/nowhere")).to.equal(undefined);
  });

  it("counts neither this process and its children, nor kernel threads and the container engine", () => {
    const before = table([1, 0, "init", 5], [2, 0, "kthreadd", 0], [10, 1, "node", 10], [20, 1, "cc", 10]);
    const after = table(
      ...(
        [
          [1, 0, "init", 6, 500],
          [2, 0, "kthreadd", 0],
          [3, 2, "ksoftirqd", 90],
          [10, 1, "node", 60],
          [11, 10, "esbuild", 40],
          [20, 1, "cc", 30],
          [21, 20, "ld", 7],
          [30, 1, "dockerd", 80],
        ] as const
      ).map((one) => [...one] as [number, number, string, number, number?]),
    );
    // init 1, cc 20, ld 7; what init waited for may be anybody's.
    expect(foreignTicks(before, after, ownRoots(after, 10, "/nowhere"))).to.equal(28);
  });

  it("counts children that ended once, and from the first reading on only", () => {
    const before = table([5, 1, "make", 1], [6, 5, "cc", 100]);
    const after = table([5, 1, "make", 2, 130]);
    expect(foreignTicks(before, after, new Set())).to.equal(31);
    // A parent that does not wait has nothing of it.
    expect(foreignTicks(before, table([5, 1, "make", 2]), new Set())).to.equal(0);
  });

  it("takes a process of the same id that began later for another one", () => {
    const before = table([5, 1, "make", 100]);
    const after = new Map([[5, { ppid: 1, name: "cc", own: 40, waited: 0, started: 99 }]]);
    expect(foreignTicks(before, after, new Set())).to.equal(40);
  });

  it("sees a program at work that is not this one's, and not when it is", async function () {
    const before = readProcesses();
    if (!before) return this.skip();
    const busy = spawn(process.execPath, ["-e", "const t=Date.now(); while (Date.now()-t<600);"]);
    await once(busy, "exit");
    const working = spawn(process.execPath, ["-e", "const t=Date.now(); while (Date.now()-t<5000);"]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const after = readProcesses()!;
    const roots = ownRoots(after, process.pid);
    const all = foreignTicks(before, after, new Set([2]));
    const others = foreignTicks(before, after, roots);
    working.kill("SIGKILL");
    await once(working, "exit");
    expect(all - others).to.be.above(40);
  });
});
