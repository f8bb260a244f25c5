// `npm run workflow -- ci check`: the steps of a job of .github/workflows, as far as this machine can run them.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { EdgeproofError, usageError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import { isAlive } from "../../harness/toolchain/process-lock.ts";
import { holds } from "./expressions.ts";
import { JobRun, type StepResult } from "./run-job.ts";
import { combinations, defaultInputs, readWorkflow, type Scalar, type Workflow } from "./workflow-file.ts";

const USAGE = `Example:
  npm run workflow -- ci check --dry-run     what the job's steps are on this machine
  npm run workflow -- ci check               run them, in a clone of what is committed

Usage: npm run workflow -- WORKFLOW [JOB] [options]
  WORKFLOW               name in .github/workflows, or path of a file
  JOB                    the first one by default
  --dry-run              run nothing
  --matrix <name=value>  a combination of the matrix that has this; the first one of this architecture by default
  --input <name=value>   input of a start by hand
  --var <name=value>     variable of the repository
  --event <name>         what started it; push by default
  --skip <text>          leave out steps whose script contains it
  --keep                 keep the clone

Actions are not downloaded: checkout is a clone, set-ups are a look at the version, a cache is none, an upload a count of
files; what nothing here stands for is told. Exit codes: 0 no step failed, 1 one failed, 64 usage, 130 interrupted.
`;

const PREFIX = "edgeproof-workflow-";

/** Clones that killed runs left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

const pairs = (flag: string, given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf("=");
      if (at > 0) return [one.slice(0, at), one.slice(at + 1)] as const;
      throw usageError("workflow-pair", `\`${one}\` is not NAME=VALUE`, { where: `--${flag}` });
    }),
  );

const fileOf = (name: string): string => {
  const found = [
    name,
    ...["yml", "yaml"].map((ending) => projectFile(".github", "workflows", `${name}.${ending}`)),
  ];
  const file = found.find((path) => /\.ya?ml$/.test(path) && existsSync(path));
  if (file !== undefined) return file;
  const known = readdirSync(projectFile(".github", "workflows")).map((one) => basename(one, ".yml"));
  throw usageError("workflow-unknown", `there is no workflow \`${name}\``, {
    expected: `${known.join(", ")}, or a file`,
  });
};

function jobOf({ jobs }: Workflow, name: string | undefined) {
  const chosen = name ?? Object.keys(jobs)[0] ?? "";
  const job = jobs[chosen];
  if (job) return { name: chosen, job };
  throw usageError("workflow-job", `the workflow has no job \`${chosen}\``, {
    expected: Object.keys(jobs).join(", "),
  });
}

/** GitHub's names of arm64 machines end in `-arm`. */
const ofThisMachine = (combination: Readonly<Record<string, Scalar>>): boolean =>
  Object.values(combination).some((value) => String(value).endsWith("-arm")) === (process.arch === "arm64");

function combinationOf(
  all: Record<string, Scalar>[],
  wanted: Record<string, string>,
): Record<string, Scalar> {
  const fitting = all.filter((one) =>
    Object.entries(wanted).every(([name, value]) => String(one[name]) === value),
  );
  const found = fitting.find(ofThisMachine) ?? fitting[0];
  if (found) return found;
  throw usageError("workflow-matrix", "no combination of the matrix is like this", {
    expected: all.map((one) => JSON.stringify(one)).join(", "),
  });
}

const many = { type: "string", multiple: true, default: [] as string[] } as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ "dry-run": { type: "boolean", default: false }, keep: { type: "boolean", default: false } },
      ...{ matrix: many, input: many, var: many, skip: many, event: { type: "string", default: "push" } },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [workflowName, jobName, ...rest] = positionals;
  if (values.help || workflowName === undefined || rest.length > 0) {
    (values.help ? process.stdout : process.stderr).write(USAGE);
    return values.help ? 0 : 64;
  }
  const workflow = readWorkflow(fileOf(workflowName));
  const { name, job } = jobOf(workflow, jobName);
  const matrix = combinationOf(combinations(job), pairs("matrix", values.matrix));
  const inputs = { ...defaultInputs(workflow), ...pairs("input", values.input) };
  const arch = process.arch === "arm64" ? "ARM64" : "X64";
  const contexts = {
    ...{ matrix, inputs, vars: pairs("var", values.var), secrets: {}, needs: {} },
    runner: { os: "Linux", arch, temp: tmpdir() },
    github: {
      ...{
        event_name: values.event,
        ref: "refs/heads/main",
        ref_name: "main",
        repository: "local/edgeproof",
      },
      ...{ server_url: "", token: "", run_id: "0", event: { repository: { default_branch: "main" } } },
    },
  };
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`${workflow.name}: ${name} ${Object.keys(matrix).length > 0 ? JSON.stringify(matrix) : ""}`.trimEnd());
  const never = { always: () => true, success: () => true, failure: () => false, cancelled: () => false };
  if (job.if !== undefined && !holds(job.if, { contexts, functions: never })) {
    say(`the job is not run: its condition does not hold (${job.if.trim()})`);
    return 0;
  }
  sweep();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const interrupt = new AbortController();
  // The step that runs gets the signal from the terminal as well; what is for the end of a job still runs.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupt.abort());
  try {
    const dryRun = values["dry-run"];
    const results = await new JobRun({
      ...{ workflow, job, folder, contexts, dryRun, say, skip: values.skip, signal: interrupt.signal },
      repository: projectFile(),
    }).run();
    const summary = join(folder, "summary.md");
    if (existsSync(summary)) say(`job summary: ${readFileSync(summary, "utf8").split("\n")[0] ?? ""}`);
    say(closing(results));
    if (interrupt.signal.aborted) return 130;
    return results.some(({ state }) => state === "failed") ? 1 : 0;
  } finally {
    if (values.keep) say(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function closing(results: readonly StepResult[]): string {
  const count = (state: StepResult["state"], what: string): string[] => {
    const found = results.filter((one) => one.state === state);
    return found.length > 0 ? [`${found.length} ${what}`] : [];
  };
  return [
    ...count("failed", "failed"),
    ...count("ok", "done"),
    ...count("planned", "would be done"),
    ...count("differs", "differ from GitHub's"),
    ...count("not-here", "cannot be done here"),
    ...count("left-out", "left out"),
    ...count("skipped", "skipped by their conditions"),
  ].join(", ");
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof EdgeproofError ? error.format() : `error: ${String(error)}\n\n${USAGE}`}\n`,
  );
  process.exitCode = error instanceof EdgeproofError ? error.exitCode : 64;
}
