import { execFile } from "node:child_process";
import { rigError } from "../../harness/errors.ts";

const TIMEOUT_MS = 10_000;

/** Runs a program of the WAN service's machine and resolves with its standard output; rejects with what it said. */
export function runProgram(
  argv: readonly string[],
  stdin = "",
  env: Record<string, string> = {},
): Promise<string> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { timeout: TIMEOUT_MS, maxBuffer: 2 ** 24, env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        reject(
          rigError("wan-command-failed", `${argv.join(" ")}: ${(stderr || error.message).trim()}`, {
            where: "the WAN service's machine",
            cause: error,
          }),
        );
      },
    );
    child.stdin?.on("error", () => undefined).end(stdin);
  });
}
