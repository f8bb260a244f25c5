// `npm run test:pack`: packs edgeproof, installs the tarball in an empty folder outside this repository, and uses it there as
// a user would, up to the point where a rig would be needed.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { execa } from "execa";

import { packedFiles } from "./packed-files.ts";

const INSTALL = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];

const home = mkdtempSync(join(tmpdir(), "edgeproof-pack-"));
const host = join(home, "host");
const project = join(home, "my-edge");

async function npm(folder: string, argv: string[]): Promise<void> {
  await execa("npm", argv, { cwd: folder });
}

async function npx(folder: string, ...argv: string[]) {
  const env = { NO_COLOR: "1", XDG_STATE_HOME: join(home, "state") };
  const { exitCode, stdout, stderr } = await execa("npx", ["--no-install", ...argv], {
    cwd: folder,
    env,
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

/** A suite that says at load time which copy of edgeproof it got, without a rig: mocha is not what is tested here. */
const PROGRAM = `
import { fault, judge, load, objectives, recording } from "edgeproof";
const shipped = new URL("./node_modules/edgeproof/fixtures/recorded-runs/edge/", import.meta.url).pathname;
const run = recording.read(shipped);
const { judgements } = judge(run, objectives.load(shipped + "objectives.yaml"));
console.log(JSON.stringify({
  verdicts: judgements.map(({ objective, verdict }) => objective + " " + verdict),
  planned: fault.linkDelay({ target: { all: true }, delay: "5ms" }).fault,
  model: load.open({ fn: "fib", ratePerSecond: 1, durationMs: 1000 }).model,
}));
`;

const steps: Record<string, () => Promise<void>> = {
  "npm pack builds and packs": async () => {
    const { tarball, paths } = await packedFiles(home);
    expect(paths).to.include.members([
      "dist/harness/cli/main.js",
      "dist/harness/library/index.js",
      "dist/harness/library/index.d.ts",
      "dist/harness/agent/main.js",
      "dist/chaos/wan/service.js",
      "dist/suites/rig.suite.js",
    ]);
    expect(paths.filter((path) => path.includes(".test."))).to.deep.equal([]);
    mkdirSync(host);
    writeFileSync(join(host, "package.json"), '{ "name": "host", "private": true }\n');
    await npm(host, [...INSTALL, "--save-dev", join(home, tarball)]);
  },
  "the command runs": async () => {
    const help = await npx(host, "edgeproof", "--help");
    expect(help.exitCode, help.stderr).to.equal(0);
    expect(help.stdout).to.match(/^Example:/);
    expect((await npx(host, "edgeproof", "suites")).stdout).to.match(/^quickstart +/m);
    const own = await npx(host, "edgeproof", "test");
    expect([own.exitCode, own.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 64 && text.includes("NO_CHECKOUT"),
    );
  },
  "init writes a project that installs": async () => {
    const made = await npx(host, "edgeproof", "init", project);
    expect(made.exitCode, made.stderr).to.equal(0);
    const { devDependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies.edgeproof).to.match(/^file:\.\.\/edgeproof-.*\.tgz$/);
    await npm(project, INSTALL);
  },
  "doctor says what is there": async () => {
    const { exitCode, stdout } = await npx(project, "edgeproof", "doctor", "--json");
    const needs = JSON.parse(stdout) as { name: string; state: string; detail: string }[];
    expect(needs.find(({ name }) => name === "npm packages")?.state).to.equal("ok");
    const missing = needs.some(({ state }) => state === "missing");
    expect(exitCode).to.equal(missing ? 64 : 0);
  },
  "plan finds the project's files": async () => {
    const { exitCode, stdout, stderr } = await npx(project, "edgeproof", "plan", "--suite", "edge");
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.match(
      /^topology edge:[^]*suites\/edge\.suite\.ts\nwould judge 4 objectives of objectives\.yaml/,
    );
    const byFile = await npx(project, "edgeproof", "plan", "suites/edge.suite.ts");
    expect(byFile.stdout).to.equal(stdout);
  },
  "Node runs a program with it, without tsx": async () => {
    writeFileSync(join(project, "program.mjs"), PROGRAM);
    const { stdout } = await execa(process.execPath, ["program.mjs"], { cwd: project });
    const { verdicts, planned, model } = JSON.parse(stdout) as Record<string, unknown>;
    expect(verdicts).to.include.members(["calm-errors met", "slow-line-errors met"]);
    expect([planned, model]).to.deep.equal(["link-delay", "open"]);
  },
  "the suite has types, with the library's own checked too": async () => {
    for (const argv of [[], ["--skipLibCheck", "false"]]) {
      const { exitCode, stdout } = await npx(project, "tsc", "-p", ".", ...argv);
      // Of other packages' declarations some want types that they do not bring.
      const ours = stdout.split("\n").filter((line) => /^(node_modules\/edgeproof|suites)\//.test(line));
      expect(ours.join("\n")).to.equal("");
      if (argv.length === 0) expect(exitCode, stdout).to.equal(0);
    }
  },
  "a suite that is wrong does not compile": async () => {
    appendFileSync(
      join(project, "suites/edge.suite.ts"),
      'fault.linkDelay({ target: "pi4-1", delay: "5" });\n',
    );
    const { exitCode, stdout } = await npx(project, "tsc", "-p", ".");
    expect(exitCode).to.not.equal(0);
    expect(stdout).to.match(/edge\.suite\.ts\(\d+,\d+\): error TS2322/);
  },
};

try {
  for (const [title, step] of Object.entries(steps)) {
    const began = performance.now();
    await step();
    console.log(`ok  ${title} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  }
} finally {
  if (existsSync(home)) rmSync(home, { recursive: true, force: true });
}
