import { ExitCode } from "./exit-codes.ts";

/** What an error says beside its message. */
export interface ErrorDetails {
  /** File (and line) or object that is wrong, such as `fixtures/topologies/quickstart.yaml:12`. */
  where?: string;
  /** What was expected there. */
  expected?: string;
  /** What the user can do next, as an imperative sentence. */
  fix?: string;
  /** What was thrown first. */
  cause?: unknown;
}

/**
 * An error that is meant for the user: a stable `code`, an exit code, and what / where / expected / fix.
 * Anything else that reaches the top is a defect of edgeproof and exits with 70.
 */
export class EdgeproofError extends Error {
  /** Always `EdgeproofError`. */
  override readonly name = "EdgeproofError";
  /** Stable and short, such as `config-invalid`: what programs go by. */
  readonly code: string;
  /** What the command ends with. */
  readonly exitCode: ExitCode;
  /** File (and line) or object that is wrong. */
  readonly where: string | undefined;
  /** What was expected there. */
  readonly expected: string | undefined;
  /** What the user can do next. */
  readonly fix: string | undefined;

  constructor(code: string, exitCode: ExitCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.exitCode = exitCode;
    this.where = details.where;
    this.expected = details.expected;
    this.fix = details.fix;
  }

  /** The long form: one line each for what, where, expected and fix. */
  format(): string {
    const lines = [`error: ${this.where ? `${this.where}: ` : ""}${this.message} [${this.code}]`];
    if (this.expected) lines.push(`  expected: ${this.expected}`);
    if (this.fix) lines.push(`  fix: ${this.fix}`);
    if (this.cause instanceof Error) lines.push(`  cause: ${this.cause.message}`);
    return lines.join("\n");
  }
}

/** Usage or configuration error (exit 64): raised before anything is touched. */
export const usageError = (code: string, message: string, details?: ErrorDetails): EdgeproofError =>
  new EdgeproofError(code, ExitCode.usage, message, details);

/** Rig trouble (exit 3). */
export const rigError = (code: string, message: string, details?: ErrorDetails): EdgeproofError =>
  new EdgeproofError(code, ExitCode.broken, message, details);

/** What was thrown, in words: of an error its message alone. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
