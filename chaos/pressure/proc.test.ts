import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { isLoad } from "./own-process.ts";
import { allProcesses, kilobyteLine, readProcess } from "./proc.ts";

describe("processes as /proc tells of them", () => {
  let proc: string;
  beforeEach(() => (proc = mkdtempSync(join(tmpdir(), "edgeproof-proc-"))));
  afterEach(() => rmSync(proc, { recursive: true, force: true }));
  const process = (pid: number, stat: string, argv: readonly string[]): void => {
    mkdirSync(join(proc, String(pid)));
    writeFileSync(join(proc, `${pid}/stat`), stat);
    writeFileSync(join(proc, `${pid}/cmdline`), argv.map((arg) => `${arg}\0`).join(""));
  };
  /** Fields 3 on: state, ten others, utime 14, stime 15, six others, starttime 22. */
  const stat = (pid: number, name: string, state: string): string =>
    `${pid} (${name}) ${state} 1 1 1 0 -1 4194304 0 0 0 0 250 50 0 0 20 0 11 0 98765 0 0\n`;

  it("are read past a name that holds blanks and parentheses", () => {
    process(7, stat(7, "a) S (b c", "R"), ["/bin/a", "x y"]);
    expect(readProcess(7, proc)).to.deep.equal({
      pid: 7,
      startTicks: 98_765,
      cpuMs: 3_000,
      state: "R",
      argv: ["/bin/a", "x y"],
    });
  });

  it("are those that live, and none that has gone", () => {
    process(7, stat(7, "a", "S"), ["a"]);
    process(8, stat(8, "b", "Z"), []);
    mkdirSync(join(proc, "9"));
    mkdirSync(join(proc, "self"));
    expect([...allProcesses(proc)].map(({ pid }) => pid)).to.deep.equal([7]);
    expect(readProcess(9, proc)).to.equal(undefined);
  });

  it("are a load only by its whole command, and only by its own name", () => {
    const argv = ["/opt/runtime/node", "/opt/runtime/pressure.mjs", "run", "fault.cpu", "{}"];
    expect(isLoad(argv, "fault.cpu")).to.equal(true);
    expect(isLoad(argv, "fault")).to.equal(false);
    expect(isLoad([...argv.slice(0, 2), "stop", "fault.cpu", "{}"], "fault.cpu")).to.equal(false);
    expect(isLoad(["vi", "/home/me/notes", "run", "fault.cpu", "{}"], "fault.cpu")).to.equal(false);
  });

  it("have their memory in lines of kilobytes", () => {
    expect(kilobyteLine("RssFile:\t 10 kB\nRssAnon:\t  2048 kB\n", "RssAnon")).to.equal(2 * 1024 ** 2);
    expect(kilobyteLine("RssFile:\t 10 kB\n", "RssAnon")).to.equal(undefined);
  });
});
