import { execa } from "execa";
import { interruptedError } from "./interrupted.ts";
import { goBuildError } from "./go-build-error.ts";
import { goEnvironment, type Go } from "./go.ts";
import type { Target } from "./node-target.ts";

interface GoBuild {
  go: Go;
  /** For messages. */
  name: string;
  folder: string;
  packages: readonly string[];
  tags: readonly string[];
  ldflags: string;
  target: Target;
  /** A file, or a folder (with a slash at its end) for more than one package. */
  output: string;
  signal?: AbortSignal | undefined;
  onDownload?: (module: string) => void;
  onCompiled?: (path: string) => void;
}

const killGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
};

/**
 * Runs one `go build`.
 *
 * @throws EdgeproofError that says in one line why it failed; exit code 130 when `signal` stopped it.
 */
export const goBuild = async (build: GoBuild): Promise<void> => {
  const { go, target, signal } = build;
  const argv = ["build", "-v", "-trimpath", "-buildvcs=false", `-ldflags=${build.ldflags}`];
  if (build.tags.length > 0) argv.push(`-tags=${build.tags.join(",")}`);
  argv.push("-o", build.output, ...build.packages);
  // A process group of its own: `go` does not pass a signal on to the compilers and linkers that it started.
  const child = execa(go.command, argv, {
    cwd: build.folder,
    env: {
      ...goEnvironment(),
      GOOS: target.goos,
      GOARCH: target.goarch,
      ...(target.goarm && { GOARM: target.goarm }),
    },
    extendEnv: false,
    detached: process.platform !== "win32",
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    buffer: false,
  });
  const kill = (): void => killGroup(child.pid);
  process.once("exit", kill);
  signal?.addEventListener("abort", kill);
  if (signal?.aborted) kill();
  const complaints: string[] = [];
  try {
    for await (const line of child.iterable({ from: "stderr" })) {
      const module = /^go: downloading (\S+) (\S+)$/.exec(line);
      if (module) build.onDownload?.(`${module[1]}@${module[2]}`);
      else if (/^[\w.~/-]+$/.test(line)) build.onCompiled?.(line);
      else if (complaints.push(line) > 200) complaints.shift();
    }
    const { failed } = await child;
    if (signal?.aborted) throw interruptedError(signal);
    if (failed) throw goBuildError(build.name, complaints);
  } finally {
    process.removeListener("exit", kill);
    signal?.removeEventListener("abort", kill);
  }
};
