import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { filled, holds, type Scope, type Value } from "./expressions.ts";
import { standIn } from "./local-actions.ts";
import type { Job, Scalar, Step, Workflow } from "./workflow-file.ts";

export interface RunJobOptions {
  workflow: Workflow;
  job: Job;
  /** Checkout that is cloned. */
  repository: string;
  /** Folder of this run, which is there; the clone and GitHub's files go into it. */
  folder: string;
  contexts: Readonly<Record<string, Value>>;
  /** Says what would be run, and runs nothing. */
  dryRun: boolean;
  /** Steps whose script contains one of these are not run. */
  skip: readonly string[];
  signal: AbortSignal;
  say: (line: string) => void;
}

export type StepState = "ok" | "failed" | "differs" | "not-here" | "left-out" | "skipped" | "planned";

export interface StepResult {
  title: string;
  state: StepState;
}

type Values = Record<string, Value>;

const titleOf = ({ name, run, uses }: Step): string => name ?? uses ?? run?.trim().split("\n")[0] ?? "a step";

/** The command lines of GitHub's documentation, for its Linux machines. */
const shellOf = (shell: string | undefined, script: string): string[] => {
  if (shell === undefined) return ["bash", "-e", script];
  if (shell === "bash") return ["bash", "--noprofile", "--norc", "-eo", "pipefail", script];
  throw new Error(`the shell ${shell} is not known here`);
};

/** `NAME=value` lines, as steps append them to GITHUB_ENV and GITHUB_OUTPUT. */
const pairsIn = (file: string): [string, string][] =>
  (existsSync(file) ? readFileSync(file, "utf8") : "").split("\n").flatMap((line) => {
    const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
    return name !== undefined && value !== undefined ? [[name, value] as [string, string]] : [];
  });

/** npm's own variables would tell a script that it was started by this one. */
const ownEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^GITHUB_/i.test(name)));

/** Runs the steps of one job as far as this machine can, in a clone, with GitHub's shells, conditions and files. */
export class JobRun {
  private readonly options: RunJobOptions;
  private readonly workspace: string;
  private readonly steps: Values = {};
  private readonly deadline: number;
  private failed = false;

  constructor(options: RunJobOptions) {
    this.options = options;
    this.workspace = join(options.folder, "workspace");
    this.deadline = Date.now() + options.job["timeout-minutes"] * 60_000;
  }

  async run(): Promise<StepResult[]> {
    const { job, say } = this.options;
    const results: StepResult[] = [];
    for (const [index, step] of job.steps.entries()) {
      const title = titleOf(step);
      const state = await this.step(step, index);
      if (state === "failed") this.failed = true;
      this.steps[step.id ?? `step-${index}`] = this.outcomeOf(index);
      results.push({ title, state });
      if (state === "failed") say(`       FAILED: ${title}`);
    }
    return results;
  }

  private file(name: string): string {
    return join(this.options.folder, name);
  }

  private outcomeOf(index: number): Value {
    return { outputs: Object.fromEntries(pairsIn(this.file(`output-${index}`))) };
  }

  private scope(env: Readonly<Record<string, Value>>): Scope {
    const cancelled = this.options.signal.aborted;
    const status = { success: !this.failed && !cancelled, failure: this.failed && !cancelled, cancelled };
    return {
      contexts: {
        ...this.options.contexts,
        env,
        steps: this.steps,
        job: { status: status.success ? "success" : "failure" },
      },
      functions: {
        always: () => true,
        success: () => status.success,
        failure: () => status.failure,
        cancelled: () => cancelled,
        // A key for a cache, and there is none.
        hashFiles: () => "0",
      },
    };
  }

  private environment(step: Step): Record<string, string> {
    const env: Record<string, string> = {};
    for (const level of [this.options.workflow.env, this.options.job.env]) this.fill(env, level);
    for (const [name, value] of pairsIn(this.file("env"))) env[name] = value;
    this.fill(env, step.env);
    return env;
  }

  private fill(env: Record<string, string>, level: Readonly<Record<string, Scalar>>): void {
    for (const [name, value] of Object.entries(level))
      env[name] = filled(String(value), this.scope({ ...env }));
  }

  private async step(step: Step, index: number): Promise<StepState> {
    const { say, dryRun, skip } = this.options;
    const scope = this.scope(this.environment(step));
    const condition = step.if ?? "success()";
    const asked = /\b(always|success|failure|cancelled)\(/.test(condition)
      ? condition
      : `success() && (${condition.replace(/^\s*\$\{\{([\s\S]*)\}\}\s*$/, "$1")})`;
    const line = (state: string, more = ""): void =>
      say(`${state.padEnd(10)}${titleOf(step)}${more && `: ${more}`}`);
    if (!holds(asked, scope)) {
      line("skipped", `not ${step.if ?? "after a failure"}`);
      return "skipped";
    }
    if (step.uses !== undefined) return this.action(step, scope, line);
    const script = filled(step.run ?? "", scope);
    if (skip.some((text) => script.includes(text))) {
      line("left out", "as asked");
      return "left-out";
    }
    line(dryRun ? "would run" : "run");
    if (dryRun || script.includes("\n"))
      for (const text of script.trimEnd().split("\n")) say(`           ${text}`);
    return dryRun ? "planned" : this.script(step, script, index);
  }

  private async action(
    step: Step,
    scope: Scope,
    line: (state: string, more?: string) => void,
  ): Promise<StepState> {
    const given = Object.fromEntries(
      Object.entries(step.with).map(([name, value]) => [name, filled(String(value), scope)]),
    );
    if (this.options.dryRun) {
      const shown = Object.entries(given).map(([name, value]) => `${name}: ${value}`);
      line("would do", shown.join(", "));
      return "planned";
    }
    const { repository } = this.options;
    const { state, text } = await standIn(step.uses ?? "", given, { repository, workspace: this.workspace });
    line({ ok: "stands in", failed: "failed", differs: "DIFFERS", "not-here": "NOT HERE" }[state], text);
    return state;
  }

  private async script(step: Step, script: string, index: number): Promise<StepState> {
    mkdirSync(this.workspace, { recursive: true });
    const file = this.file(`script-${index}.sh`);
    writeFileSync(file, script);
    const [program = "", ...argv] = shellOf(step.shell, file);
    const paths = pathsIn(this.file("path"));
    const env = {
      ...ownEnvironment(),
      ...this.environment(step),
      ...{ CI: "true", GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: this.workspace },
      ...{ GITHUB_ENV: this.file("env"), GITHUB_OUTPUT: this.file(`output-${index}`) },
      ...{ GITHUB_PATH: this.file("path"), GITHUB_STEP_SUMMARY: this.file("summary.md") },
      PATH: [...paths, process.env.PATH ?? ""].join(":"),
    };
    appendFileSync(this.file(`output-${index}`), "");
    const cwd = join(this.workspace, step["working-directory"] ?? "");
    const left = this.deadline - Date.now();
    // Steps that are for the end run even when the time is up, as GitHub has them.
    const timeout = left > 0 ? { timeout: left } : {};
    const done = await execa(program, argv, {
      ...{ cwd, env, extendEnv: false, reject: false, stdin: "ignore", stdout: "inherit", stderr: "inherit" },
      ...timeout,
    });
    return done.failed ? "failed" : "ok";
  }
}

const pathsIn = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).toReversed() : [];
