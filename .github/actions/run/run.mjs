// What the action's steps do: `run.mjs run` and `run.mjs heal`. Inputs come by the environment, outputs go to
// GITHUB_OUTPUT. Plain JavaScript without packages, since bootstrap.mjs installs them.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const { env } = process;
const here = dirname(fileURLToPath(import.meta.url));
/** This action is part of edgeproof, whose whole checkout GitHub made; with a commit given, of another checkout. */
const root = env.EDGEPROOF_REF
  ? resolve(env.GITHUB_WORKSPACE ?? ".", ".edgeproof")
  : resolve(here, "../../..");

/** edgeproof's own codes: what it calls them. */
const VERDICTS = { 0: "met", 1: "missed", 2: "inconclusive" };

/** Runs edgeproof, with its packages installed first if need be, and resolves with its exit code. */
const edgeproof = (argv) =>
  new Promise((done, failed) => {
    const program = [join(root, "scripts", "bootstrap.mjs"), ...argv];
    const child = spawn(process.execPath, program, { stdio: "inherit", cwd: env.GITHUB_WORKSPACE });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.once("error", failed);
    child.once("close", (code) => done(code ?? 130));
  });

/** Outputs are lines: a value with a line end in it could set others. */
const output = (name, value) => {
  if (/[\r\n]/.test(value)) throw new Error(`the output ${name} has a line end in it`);
  if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, `${name}=${value}\n`);
};

const given = (flag, value) => (value ? [flag, value] : []);

const run = async () => {
  const folder = resolve(env.GITHUB_WORKSPACE ?? ".", env.EDGEPROOF_OUTPUT || "edgeproof-report");
  const runs = join(folder, "runs");
  const before = new Set(existsSync(runs) ? readdirSync(runs) : []);
  const more = (env.EDGEPROOF_ARGS ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  let code = await edgeproof([
    "run",
    ...given("--suite", env.EDGEPROOF_SUITE),
    ...given("--topology", env.EDGEPROOF_TOPOLOGY),
    ...["--output", folder],
    ...more,
  ]);
  const made = existsSync(runs) ? readdirSync(runs).filter((name) => !before.has(name)) : [];
  const newest = made.toSorted().at(-1);
  if (newest !== undefined) {
    const path = join(runs, newest);
    // A run that was cut off or had trouble stays what it is, whatever objectives it is judged by.
    if (env.EDGEPROOF_OBJECTIVES && code in VERDICTS)
      code = await edgeproof(["report", path, "--objectives", resolve(env.EDGEPROOF_OBJECTIVES)]);
    output("run", path);
    output("report", join(path, "report.html"));
  }
  output("verdict", VERDICTS[code] ?? "broken");
  output("exit-code", String(code));
  return code;
};

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.log(
    `::error title=edgeproof::Node ${process.versions.node} is too old: use actions/setup-node for 20.19 or newer`,
  );
  process.exitCode = 64;
} else process.exitCode = process.argv[2] === "heal" ? await edgeproof(["heal"]) : await run();
