import { execa } from "execa";
import { rigError } from "../../harness/errors.ts";

/** Runs a program that builds something; rejects with the end of what it said. */
export async function runTool(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const [program = "", ...args] = argv;
  const done = await execa(program, args, {
    reject: false,
    stdin: "ignore",
    all: true,
    cancelSignal: signal,
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
  });
  signal.throwIfAborted();
  if (!done.failed) return;
  throw rigError("VM_TOOL", `${argv.slice(0, 4).join(" ")} ... ended with ${done.exitCode}`, {
    where: argv.join(" ").slice(0, 300),
    expected: "room in the cache folder, and Debian's packages to be reachable",
    fix: "Read the program's own words below.",
    cause: new Error((done.all || done.shortMessage || "").slice(-1500)),
  });
}

const REPEAT_MS = 10_000;

/** Calls back every ten seconds until it is disposed of. */
export function repeatedly(callback: () => void): AsyncDisposable {
  const timer = setInterval(callback, REPEAT_MS);
  return {
    [Symbol.asyncDispose]: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
