// `npm run check [-- NAME ...]`: everything that has to hold before a commit, one line for each check.
import { execa } from "execa";
import { existsSync, readFileSync } from "node:fs";
import { projectFile } from "../harness/project.ts";
import { findProgram } from "../harness/setup/find-program.ts";
import { generatedFiles } from "./generated.ts";
import { LINTERS, lintWorkflows } from "./workflows/linters.ts";

interface Outcome {
  state: "ok" | "failed" | "skipped";
  /** Shown below the check's line. */
  text: string;
}
type Check = () => Promise<Outcome>;

/** A runner of two cores has room for two at a time. */
const AT_ONCE = 2;

/** A program that came with the npm packages, or is on PATH. */
const program =
  (name: string, argv: string[], folder = "."): Check =>
  async () => {
    const { failed, all } = await execa(name, argv, {
      cwd: projectFile(folder),
      preferLocal: true,
      localDir: projectFile(),
      all: true,
      reject: false,
      stdin: "ignore",
    });
    return { state: failed ? "failed" : "ok", text: failed ? all : "" };
  };

const skipped = (why: string): Promise<Outcome> => Promise.resolve({ state: "skipped", text: why });

/** A program that not every machine has. */
const ifOnPath =
  (name: string, argv: string[], folder?: string): Check =>
  () =>
    findProgram(name) ? program(name, argv, folder)() : skipped(`${name} is not on PATH`);

const generated: Check = async () => {
  const stale = Object.entries(await generatedFiles())
    .filter(([path, text]) => readText(path) !== text)
    .map(([path]) => `${path} is not what the code says; run npm run schemas`);
  return { state: stale.length === 0 ? "ok" : "failed", text: stale.join("\n") };
};

const readText = (path: string): string | undefined => {
  const file = projectFile(path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};

// The longest first: the others run beside it.
const checks: Record<string, Check> = {
  "unit-tests": program("mocha", []),
  types: program("tsc", ["-p", "."]),
  "types-k6": program("tsc", ["-p", "fixtures/k6"]),
  lint: program("eslint", [".", "--max-warnings", "0"]),
  format: program("prettier", ["--check", "."]),
  "dead-code": program("knip", []),
  schemas: generated,
  "go-vet": ifOnPath("go", ["vet", "./..."], "fixtures/functions"),
  "go-test": ifOnPath("go", ["test", "./..."], "fixtures/functions"),
  "go-vet-characterize": ifOnPath("go", ["vet", "./..."], "fixtures/characterize"),
  "go-test-characterize": ifOnPath("go", ["test", "./..."], "fixtures/characterize"),
  ...Object.fromEntries(LINTERS.map((linter) => [linter.name, () => lintWorkflows(linter)])),
  "go-vet-storage": ifOnPath("go", ["vet", "./..."], "fixtures/storage"),
  "go-test-storage": ifOnPath("go", ["test", "./..."], "fixtures/storage"),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0) {
  console.error(`error: no check ${unknown.join(", ")}\n  expected: ${Object.keys(checks).join(", ")}`);
  process.exit(64);
}

const waiting = Object.entries(checks).filter(([name]) => asked.length === 0 || asked.includes(name));
const work = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, check] = next;
    const started = performance.now();
    const { state, text } = await check().catch((error: unknown) => ({
      state: "failed" as const,
      text: String(error),
    }));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const note = state === "skipped" ? text : `${seconds} s`;
    console.log(`${state.padEnd(8)}${name} (${note})`);
    if (state === "failed") {
      console.log(text);
      process.exitCode = 1;
    }
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, work));
