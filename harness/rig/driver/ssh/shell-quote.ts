/**
 * ssh hands a remote shell one line; this is the one place where it is made. In single quotes nothing means anything to a
 * POSIX shell but the quote itself.
 */
export const shellQuote = (argv: readonly string[]): string =>
  argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
