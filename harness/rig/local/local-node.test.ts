import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import type { EdgeproofError } from "../../errors.ts";
import { LocalNode } from "./local-node.ts";
import { localPaths } from "./local-paths.ts";
import { ProcessMarks } from "./process-marks.ts";

describe("this machine as a rig's tester", function () {
  this.timeout(10_000);
  let folder: string;
  let node: LocalNode;
  const marksOf = (): string[] => readdirSync(join(folder, "processes"));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "edgeproof-local-"));
    mkdirSync(join(folder, "tmp"));
    node = new LocalNode({
      ...{ name: "tester", site: "tester", home: folder, marks: new ProcessMarks(join(folder, "processes")) },
      places: {
        files: { "/opt/edgeproof/runtime/node": process.execPath },
        folders: { "/opt/edgeproof/runtime": join(folder, "runtime"), "/tmp": join(folder, "tmp") },
      },
    });
  });
  afterEach(async () => {
    await node.disconnect();
    rmSync(folder, { recursive: true, force: true });
  });

  const NODE = "/opt/edgeproof/runtime/node";
  const failure = (work: Promise<unknown>): Promise<EdgeproofError> =>
    work.then(
      () => expect.fail("it did not fail"),
      (error: unknown) => error as EdgeproofError,
    );
  const until = async (holds: () => boolean): Promise<void> => {
    for (const end = Date.now() + 5_000; !holds() && Date.now() < end;) await delay(20);
    expect(holds()).to.equal(true);
  };
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  };

  it("runs programs with input, environment and lines as they come, and keeps no mark of those that ended", async () => {
    const script = "process.stdin.pipe(process.stdout); console.log(process.env.A); console.error('e')";
    const lines: string[] = [];
    const options = { stdin: "in\n", env: { A: "b" }, onLine: (line: string) => lines.push(line) };
    const result = await node.exec([NODE, "-e", script], options);
    expect(result).to.deep.equal({ exitCode: 0, stdout: "b\nin\n", stderr: "e\n" });
    expect(lines).to.deep.equal(["b", "in"]);
    expect(marksOf()).to.deep.equal([]);
  });

  it("gives programs nothing of edgeproof's own environment, such as a proxy", async () => {
    process.env.HTTP_PROXY = "http://192.0.2.1:1";
    const { stdout } = await node.exec([NODE, "-p", "Object.keys(process.env).sort().join()"]);
    delete process.env.HTTP_PROXY;
    expect(stdout.trim()).to.equal("HOME,LANG,PATH");
  });

  it("keeps files at the places that they have on every tester in a folder of its own", async () => {
    await node.writeFile("/tmp/edgeproof-load-x.js", "let it be", 0o600);
    expect(readFileSync(join(folder, "tmp/edgeproof-load-x.js"), "utf8")).to.equal("let it be");
    expect(String(await node.readFile("/tmp/edgeproof-load-x.js"))).to.equal("let it be");
    const { stdout } = await node.exec(["find", "/tmp", "-name", "edgeproof-load-*", "-print"]);
    expect(stdout.trim()).to.equal(join(folder, "tmp/edgeproof-load-x.js"));
  });

  it("says what failed, unless that is wanted", async () => {
    const error = await failure(node.exec([NODE, "-e", "console.error('why'); process.exit(3)"]));
    expect([error.code, error.where]).to.deep.equal(["NODE_COMMAND_FAILED", "node tester"]);
    expect(error.message).to.contain("exited with 3");
    expect((error.cause as Error).message).to.equal("why");
    expect((await node.exec([NODE, "-e", "process.exit(3)"], { allowFailure: true })).exitCode).to.equal(3);
    expect((await failure(node.exec([join(folder, "none")]))).message).to.contain("could not be started");
  });

  /** A program whose child would outlive it, and hold its output open. */
  const parent = `const child = require("child_process").spawn("sleep", ["60"], { stdio: "inherit" });
    require("fs").writeFileSync(process.argv[1], String(child.pid)); setInterval(() => {}, 1000);`;
  const childPid = async (): Promise<number> => {
    const file = join(folder, "tmp/child");
    await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
    return Number(readFileSync(file, "utf8"));
  };

  it("ends a program with all that it started, at its limit", async () => {
    const error = await failure(node.exec([NODE, "-e", parent, "/tmp/child"], { timeoutMs: 700 }));
    expect(error.message).to.contain("was killed after 700 ms");
    const pid = await childPid();
    await until(() => !isAlive(pid));
  });

  it("ends it when the signal is aborted, and resolves with what was printed", async () => {
    const stop = new AbortController();
    const work = node.exec([NODE, "-e", `console.log("so far"); ${parent}`, "/tmp/child"], {
      signal: stop.signal,
    });
    const pid = await childPid();
    stop.abort();
    expect((await work).stdout).to.equal("so far\n");
    await until(() => !isAlive(pid));
  });

  it("finds and ends what a killed edgeproof left, and nothing that has its id by now", async () => {
    const left = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    const marks = new ProcessMarks(join(folder, "processes"));
    marks.add(left.pid!, "sleep");
    const mark = join(folder, "processes", `${process.pid}.json`);
    writeFileSync(mark, JSON.stringify({ pid: process.pid, started: "another", program: "x" }));
    const ended = once(left, "exit");
    expect(node.endLeft()).to.deep.equal([`sleep (process ${left.pid})`]);
    expect((await ended)[1]).to.equal("SIGKILL");
    expect(marksOf()).to.deep.equal([]);
  });

  it("has no services and takes no leases", async () => {
    expect([await node.services(), await node.leases()]).to.deep.equal([[], []]);
    expect((await failure(node.startService())).code).to.equal("NO_AGENT");
  });
});

describe("places of this machine", () => {
  const here = localPaths({
    files: { "/opt/e/node": "/usr/bin/node" },
    folders: { "/opt/e": "/tmp/cache", "/tmp": "/home/x/tmp" },
  });

  it("are put in once, wherever a path begins", () => {
    expect(here("/opt/e/node")).to.equal("/usr/bin/node");
    expect(here("/opt/e/node.mjs")).to.equal("/tmp/cache/node.mjs");
    expect(here("--log=file=/tmp/a.log,level=error")).to.equal("--log=file=/home/x/tmp/a.log,level=error");
    expect(here("/tmp")).to.equal("/home/x/tmp");
  });

  it("are put in nowhere else", () => {
    for (const text of ["/tmpfile", "/var/tmp/x", "http://h:1/x", "/opt/ex/a"])
      expect(here(text)).to.equal(text);
  });
});
