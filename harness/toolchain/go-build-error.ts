import { rigError, type EdgeproofError } from "../errors.ts";

const moduleOf = (line: string): string | undefined =>
  /([\w.~-]+(?:\/[\w.~!-]+)+@v[\w.+-]+)/.exec(line)?.[1] ?? /([\w.~-]+(?:\/[\w.~!-]+)+)@/.exec(line)?.[1];

const network =
  /no such host|i\/o timeout|connection refused|connection reset|network is unreachable|TLS handshake|unexpected EOF|(?:40[347]|429|50\d) \w+|proxyconnect|certificate|module lookup disabled/;

/** Says what went wrong in a `go build`, in one line, from what it printed. */
export const goBuildError = (tool: string, output: readonly string[]): EdgeproofError => {
  const line = (pattern: RegExp): string | undefined => output.find((text) => pattern.test(text));
  const where = `building ${tool}`;
  const full = line(/no space left on device|disk quota exceeded/i);
  if (full !== undefined) return diskFullError(where);
  if (line(/signal: killed|cannot allocate memory|out of memory/)) {
    return rigError("build-out-of-memory", "the Go compiler ran out of memory", {
      where,
      expected: "about 3 GB of free memory",
      fix: "close other programs, or give the machine more memory or swap",
    });
  }
  const unverified = line(/checksum mismatch|SECURITY ERROR/);
  if (unverified !== undefined) {
    return rigError("module-checksum", `${moduleOf(unverified) ?? "a module"} is not what the lock says`, {
      where,
      expected: "the content that go.sum names",
      fix: "find out what the module proxy in between (GOPROXY) changed; do not go on",
    });
  }
  const unlocked = line(
    /missing go\.sum entry|updates to go\.(?:mod|sum) needed|no required module provides/,
  );
  if (unlocked !== undefined) {
    return rigError("lock-incomplete", "the lock does not name everything that the build needs", {
      where,
      expected: "a go.mod and go.sum that name every module",
      fix: "run `go mod tidy` in the lock's folder and commit go.mod and go.sum",
      cause: new Error(unlocked.trim()),
    });
  }
  const unreachable = line(network);
  if (unreachable !== undefined) {
    const name = moduleOf(unreachable);
    return rigError("module-download", `the Go module ${name ?? "(unknown)"} cannot be downloaded`, {
      where,
      fix: "check the network and GOPROXY, then run again; what was downloaded is kept",
      cause: new Error(unreachable.trim()),
    });
  }
  return rigError("build-failed", "`go build` failed", {
    where,
    fix: "read the compiler's words below",
    cause: new Error(output.slice(-20).join("\n")),
  });
};

export const diskFullError = (where: string): EdgeproofError =>
  rigError("disk-full", "no space is left on the disk", {
    where,
    expected: "about 8 GB for a first build, Go's own caches included",
    fix: "free some space, or move the caches with EDGEPROOF_CACHE, GOCACHE and GOMODCACHE",
  });
