// `npm run check [-- NAME ...]`: everything that has to hold before a commit, one line for each check.
import { execa } from "execa";
import { readFileSync } from "node:fs";
import { jsonSchemas } from "../harness/config/export-schemas.ts";
import { projectFile } from "../harness/project.ts";
import { findProgram } from "../harness/setup/find-program.ts";

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

const schemas: Check = () => {
  const stale = Object.entries(jsonSchemas())
    .filter(
      ([name, schema]) =>
        `${JSON.stringify(schema, undefined, 2)}\n` !==
        readFileSync(projectFile("fixtures/schema", name), "utf8"),
    )
    .map(
      ([name]) => `fixtures/schema/${name} is not what harness/config/schema.ts says; run npm run schemas`,
    );
  return Promise.resolve({ state: stale.length === 0 ? "ok" : "failed", text: stale.join("\n") });
};

// The longest first: the others run beside it.
const checks: Record<string, Check> = {
  "unit-tests": program("mocha", []),
  types: program("tsc", ["-p", "."]),
  "types-k6": program("tsc", ["-p", "fixtures/k6"]),
  lint: program("eslint", [".", "--max-warnings", "0"]),
  format: program("prettier", ["--check", "."]),
  "dead-code": program("knip", []),
  schemas,
  "go-vet": ifOnPath("go", ["vet", "./..."], "fixtures/functions"),
  "go-test": ifOnPath("go", ["test", "./..."], "fixtures/functions"),
  workflows: ifOnPath("actionlint", []),
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
