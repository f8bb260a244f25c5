import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect } from "chai";
import { execa } from "execa";

import { projectFile } from "../project.ts";
import { RunRecorder } from "../record/run-folder.ts";
import {
  START,
  accountsOf,
  header,
  nodeFailure,
  phase,
  pods,
  quiet,
  receipt,
  samplesOf,
} from "../record/testing.ts";

/** Every command runs for real, on a machine state of its own and without a container engine. */
describe("the edgeproof command", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "edgeproof-cli-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const edgeproof = async (...argv: string[]) => {
    const env = {
      XDG_STATE_HOME: join(folder, "state"),
      EDGEPROOF_CACHE: join(folder, "cache"),
      DOCKER_HOST: `unix://${folder}/none.sock`,
      NO_COLOR: "1",
    };
    const program = [projectFile("scripts/edgeproof.mjs"), ...argv];
    const { exitCode, stdout, stderr } = await execa(process.execPath, program, {
      cwd: folder,
      env,
      reject: false,
    });
    return { exitCode, stdout, stderr };
  };

  describe("help", () => {
    it("begins with an example and ends with the exit codes", async () => {
      const { exitCode, stdout } = await edgeproof("--help");
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(/^Example:\n {2}edgeproof quickstart/);
      expect(stdout.trimEnd()).to.match(/Exit codes:(\n +\d+ {2}.+)+$/);
      const codes = [...stdout.matchAll(/^ +(\d+) {2}/gm)].map((match) => Number(match[1]));
      expect(codes).to.deep.equal([0, 1, 2, 3, 64, 70, 130]);
    });

    it("of a command begins with an example of it, and of it only", async () => {
      const { stdout } = await edgeproof("report", "--help");
      expect(stdout).to.match(/^Example:\n {2}edgeproof report /);
      expect(stdout.match(/Example:/g)).to.have.length(1);
    });
  });

  describe("what it does not understand", () => {
    // Each is wrong twice over, where the command would otherwise begin to make a rig.
    const refused: [string[], RegExp][] = [
      [["statsu"], /unknown command 'statsu'\n\(Did you mean status\?\)/],
      [["plan", "--sute", "x"], /unknown option '--sute'\n\(Did you mean --suite\?\)/],
      [["plan", "--suite", "quikstart"], /no suite `quikstart`.*\n.*\n.*did you mean `quickstart`/],
      [["plan", "--topology", "five-node"], /five-node/],
      [["run", "--suite", "none", "--seed", "-3"], /`-3` is not a whole number/],
      [["run", "--suite", "none", "--rate", "0%"], /`0%` is no share of a rate/],
      [["status", "more"], /too many arguments/],
      [["plan", "--cells", "overhead-*"], /the suite `quickstart` has no matrix/],
      [["run", "--suite", "quickstart", "--fit"], /the suite `quickstart` has no matrix/],
      [["run", "--suite", "benchfaas", "--cells", "overhed-lcl-r01"], /did you mean `overhead-lcl-r01`/],
      [["run", "--suite", "benchfaas", "--resume", "none"], /not a recorded run/],
      [["up", "none", "--name", "My Lab"], /no rig can be named `My Lab`/],
      [["down", "../other"], /no rig can be named `\.\.\/other`/],
    ];
    for (const [argv, words] of refused)
      it(`is refused with 64: ${argv.join(" ")}`, async () => {
        const { exitCode, stdout, stderr } = await edgeproof(...argv);
        expect([exitCode, stdout]).to.deep.equal([64, ""]);
        expect(stderr).to.match(words);
        expect(readdirSync(folder)).to.deep.equal([]);
      });
  });

  describe("plan", () => {
    it("is valid JSON of all that a run would make and judge, and touches nothing", async () => {
      const { exitCode, stdout, stderr } = await edgeproof("plan", "--json");
      expect([exitCode, stderr]).to.deep.equal([0, ""]);
      const plan = JSON.parse(stdout) as {
        topology: { name: string };
        machines: { name: string }[];
        objectives: unknown[];
        files: string[];
      };
      expect(plan.topology.name).to.equal("quickstart");
      expect(plan.machines.map(({ name }) => name)).to.include.members(["cloud-1", "tester"]);
      expect(plan.objectives.length).to.be.above(0);
      for (const file of plan.files) expect(statSync(resolve(folder, file)).isFile(), file).to.equal(true);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it("lists the cells of a matrix, with how long they should take", async () => {
      const { exitCode, stdout } = await edgeproof("plan", "--suite", "benchfaas", "--cells", "intensive-*");
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(/50 cells of the form full, about \S+ h; 10 times/);
      expect(stdout).to.match(/would judge 1 objectives/);
      const small = await edgeproof("plan", "--suite", "benchfaas", "--small", "--json");
      const { cells } = JSON.parse(small.stdout) as { cells: { phase: string }[] };
      expect(cells.map(({ phase }) => phase)).to.include.members(["overhead-lcl", "chains-server-5-lcl"]);
    });

    it("names file, line and column of what is wrong in a topology", async () => {
      const text = readFileSync(projectFile("fixtures/topologies/quickstart.yaml"), "utf8");
      const file = join(folder, "broken.yaml");
      writeFileSync(file, text.replace("role: server", "role: servre"));
      const line = text.slice(0, text.indexOf("role: server")).split("\n").length;
      const wrong = await edgeproof("plan", "--topology", file);
      expect(wrong.exitCode).to.equal(64);
      expect(wrong.stderr).to.match(new RegExp(`broken\\.yaml:${line}:\\d+`));
      writeFileSync(file, "name: [quickstart\nsites: {");
      const unreadable = await edgeproof("plan", "--topology", file);
      expect(unreadable.exitCode).to.equal(64);
      expect(unreadable.stderr).to.match(/broken\.yaml:\d+:\d+/);
    });
  });

  describe("status, down and heal", () => {
    it("say that nothing is up where nothing is, and leave no trace", async () => {
      const { exitCode, stdout } = await edgeproof("status", "--json");
      expect([exitCode, JSON.parse(stdout)]).to.deep.equal([0, { rigs: [], ownEngine: false }]);
      const healed = await edgeproof("heal", "--json");
      const nothing = {
        ...{ removed: [], kept: [], leftAlone: [], healed: [], undone: [] },
        ...{ startedEngine: false, stoppedEngine: false },
      };
      expect([healed.exitCode, JSON.parse(healed.stdout)]).to.deep.equal([0, nothing]);
      const down = await edgeproof("down", "lab", "--json");
      expect([down.exitCode, JSON.parse(down.stdout)]).to.deep.equal([
        0,
        { removed: [], leftAlone: [], stoppedEngine: false },
      ]);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it("heal says what to do where the engine of the rigs is down, and leaves them for later", async () => {
      mkdirSync(join(folder, "state/edgeproof/rigs/up"), { recursive: true });
      writeFileSync(join(folder, "state/edgeproof/rigs/up/rig.json"), JSON.stringify({ rig: "up" }));
      const { exitCode, stdout, stderr } = await edgeproof("heal");
      expect([exitCode, stdout]).to.deep.equal([3, ""]);
      expect(stderr)
        .to.match(/nothing of up can be healed/)
        .and.to.match(/fix: start it .*edgeproof heal/);
      expect((await edgeproof("status")).stdout).to.match(/nobody can tell what is in force on up/);
      const down = await edgeproof("down", "up", "--json");
      expect(JSON.parse(down.stdout).removed).to.deep.equal(["up"]);
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  });

  it("doctor shows every need with its state, as JSON too, and changes nothing", async () => {
    const { exitCode, stdout } = await edgeproof("doctor", "--json");
    const needs = JSON.parse(stdout) as { name: string; state: string; detail: string; fix?: string }[];
    expect(needs.map(({ name }) => name)).to.include.members(["container engine", "docker", "go", "nebula"]);
    for (const need of needs) {
      expect(need.state).to.be.oneOf(["ok", "missing", "will-install", "will-build"]);
      expect(need.detail, need.name).to.not.equal("");
    }
    const missing = needs.filter(({ state }) => state === "missing");
    expect(exitCode).to.equal(missing.length === 0 ? 0 : 64);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("run refuses to go on with a run of another suite or matrix, and touches nothing", async () => {
    const { schema: _schema, id: _id, ...rest } = header;
    const settings = { ...rest.settings, matrix: "0123456789abcdef", form: "full" };
    const run = new RunRecorder({ root: folder, header: { ...rest, suite: "benchfaas", settings } }).folder;
    const before = readdirSync(folder);
    const { exitCode, stderr } = await edgeproof("run", "--suite", "benchfaas", "--resume", run);
    expect(exitCode).to.equal(64);
    expect(stderr).to.match(/of something else[^]*matrix [0-9a-f]{16}, not 0123456789abcdef/);
    const other = await edgeproof("run", "--suite", "benchfaas-small", "--resume", run, "--small");
    expect([other.exitCode, other.stderr.includes("suite benchfaas-small, not benchfaas")]).to.deep.equal([
      64,
      true,
    ]);
    expect(readdirSync(folder)).to.deep.equal(before);
  });

  describe("report", () => {
    /** A small recorded run in `folder/run`. */
    const recordedRun = (): string => {
      const { schema: _schema, id: _id, ...rest } = header;
      const recorder = new RunRecorder({ root: join(folder, "root"), header: rest });
      const phases = [phase("lcl"), phase("typ", { faults: ["profile-typ"], profile: "typ" })];
      const samples = phases.flatMap((one) =>
        samplesOf(
          one,
          Array.from({ length: 200 }, (_, i) => 2 + (i % 7)),
        ),
      );
      for (const one of phases) {
        recorder.event({ type: "phase", at: START, phase: one });
        recorder.event({ type: "pressure", at: START, pressure: quiet(one.name) });
      }
      for (const account of accountsOf(samples)) recorder.event({ type: "load", at: START, account });
      recorder.samples(samples);
      recorder.event({ type: "receipt", at: START, receipt: receipt("profile-typ", "typ") });
      recorder.event({ type: "node-failure", at: START, nodeFailure: nodeFailure("node-failure") });
      const scaleOut = {
        phase: "scale-out",
        from: 1,
        to: 3,
        askedAt: START,
        pods: pods(START, [900, undefined]),
      };
      recorder.event({ type: "scale-out", at: START, scaleOut });
      recorder.end("finished", START + 60_000);
      const run = join(folder, "run");
      cpSync(recorder.folder, run, { recursive: true });
      return run;
    };
    const bytes = (run: string): [string, string][] =>
      (readdirSync(run, { recursive: true }) as string[])
        .toSorted()
        .filter((name) => statSync(join(run, name)).isFile())
        .map((name) => [name, readFileSync(join(run, name), "base64")]);

    it("judges a run again and writes its reports, the same bytes each time", async () => {
      const run = recordedRun();
      const before = bytes(run);
      const first = await edgeproof("report", run);
      const written = bytes(run);
      const second = await edgeproof("report", run);
      expect(written.map(([name]) => name)).to.include.members(["verdict.json", "junit.xml", "report.html"]);
      expect(bytes(run)).to.deep.equal(written);
      expect(written).to.include.deep.members(before);
      expect(second).to.deep.equal(first);
      expect(first.exitCode).to.be.oneOf([1, 2, 3]);
      expect(first.stdout).to.match(/report: .*report\.html$/);
    });

    it("gives its verdicts as JSON, the same as in the run's folder", async () => {
      const run = recordedRun();
      const { exitCode, stdout, stderr } = await edgeproof("report", run, "--json");
      expect(JSON.parse(stdout)).to.deep.equal(JSON.parse(readFileSync(join(run, "verdict.json"), "utf8")));
      expect(stderr).to.equal("");
      expect((await edgeproof("report", run)).exitCode).to.equal(exitCode);
    });

    it("has the verdicts of `judge`, which reads the samples as they lie on the disk", async () => {
      const run = recordedRun();
      const { exitCode, stdout } = await edgeproof("judge", run, "--json");
      const judged = readFileSync(join(run, "verdict.json"), "utf8");
      expect(JSON.parse(stdout)).to.deep.equal(JSON.parse(judged));
      expect(readdirSync(run)).to.not.include("report.html");
      expect((await edgeproof("report", run)).exitCode).to.equal(exitCode);
      expect(readFileSync(join(run, "verdict.json"), "utf8")).to.equal(judged);
    });

    it("refuses a folder that is no run, and one that is damaged, with the place", async () => {
      const none = await edgeproof("report", folder);
      expect([none.exitCode, none.stdout]).to.deep.equal([64, ""]);
      expect(none.stderr).to.contain("not a recorded run").and.to.contain("run.json").and.to.contain("fix:");
      const run = recordedRun();
      writeFileSync(join(run, "events.ndjson"), "{}\n");
      const damaged = await edgeproof("report", run);
      expect(damaged.exitCode).to.equal(64);
      expect(damaged.stderr).to.match(/events\.ndjson:1/);
      expect(readdirSync(run)).to.not.include("verdict.json");
    });

    it("refuses objectives that are not there or not valid", async () => {
      const run = recordedRun();
      const absent = await edgeproof("report", run, "--objectives", join(folder, "none.yaml"));
      expect(absent.exitCode).to.equal(64);
      expect(absent.stderr).to.contain("none.yaml");
      const file = join(folder, "wrong.yaml");
      writeFileSync(file, "objectives: nothing\n");
      const wrong = await edgeproof("report", run, "--objectives", file);
      expect(wrong.exitCode).to.equal(64);
      expect(wrong.stderr).to.contain("wrong.yaml:1");
    });
  });
});
