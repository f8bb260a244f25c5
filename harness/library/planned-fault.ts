/** A fault that is asked for: what and where, and nothing touched yet. A session makes it real, in a phase. */
export interface PlannedFault {
  /** Its name in the catalogue, such as `link-delay`. */
  readonly fault: string;
  /** Target and parameters as they were given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Where it was written, `file:line`, for messages; empty where that cannot be told. */
  readonly where: string;
}

/** Frame of a stack trace, with or without a function's name: `at f (file:///a/b.ts:3:14)`. */
const FRAME = /^\s*at (?:.*\()?(?:file:\/\/)?(.+?):(\d+):\d+\)?$/;

/** The second frame of who calls a constructor: the user's line. */
function callerOf(stack: string | undefined): string {
  const [, , , caller = ""] = stack?.split("\n") ?? [];
  const [, file, line] = FRAME.exec(caller) ?? [];
  return file === undefined ? "" : `${file}:${line}`;
}

/** Called by the constructors of `fault`. */
export const planned = (fault: string, options: object = {}): PlannedFault => ({
  fault,
  options: { ...options },
  where: callerOf(new Error().stack),
});
