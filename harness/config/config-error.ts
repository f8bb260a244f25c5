import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";

/** One thing that is wrong in a configuration file. */
export interface ConfigProblem {
  /** `file:line:column`. */
  where: string;
  /** What is wrong, in one line. */
  message: string;
  /** What was expected there. */
  expected?: string | undefined;
  /** What the user can do next. */
  fix?: string | undefined;
}

const summary = (problems: readonly ConfigProblem[]): string =>
  problems.length === 1 ? problems[0]!.message : `${problems.length} problems in the configuration`;

/** Usage error (exit 64) with everything that is wrong in one file, in the order of the file. */
export class ConfigError extends EdgeproofError {
  /** All of them, in the order of the file. */
  readonly problems: readonly ConfigProblem[];

  constructor(found: readonly ConfigProblem[]) {
    const problems = found.toSorted((a, b) => a.where.localeCompare(b.where, "en", { numeric: true }));
    const first = problems[0]!;
    const only = problems.length === 1;
    super("config-invalid", ExitCode.usage, summary(problems), {
      where: first.where,
      ...(only && first.expected !== undefined && { expected: first.expected }),
      ...(only && first.fix !== undefined && { fix: first.fix }),
    });
    this.problems = problems;
  }

  override format(): string {
    if (this.problems.length === 1) return super.format();
    const lines = [`error: ${this.message} [${this.code}]`];
    for (const { where, message, expected, fix } of this.problems) {
      lines.push(`  ${where}: ${message}`);
      if (expected) lines.push(`    expected: ${expected}`);
      if (fix) lines.push(`    fix: ${fix}`);
    }
    return lines.join("\n");
  }
}
