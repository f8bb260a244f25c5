import { usageError } from "../errors.ts";

/** What a program is built for, in Go's words. */
export interface Target {
  goos: string;
  goarch: string;
  /** The ARM version, for `arm` only. */
  goarm?: "7";
}

const byArchitecture: Record<string, Omit<Target, "goos">> = {
  x86_64: { goarch: "amd64" },
  amd64: { goarch: "amd64" },
  x64: { goarch: "amd64" },
  aarch64: { goarch: "arm64" },
  arm64: { goarch: "arm64" },
  armv7l: { goarch: "arm", goarm: "7" },
  armv8l: { goarch: "arm", goarm: "7" },
  armhf: { goarch: "arm", goarm: "7" },
  arm: { goarch: "arm", goarm: "7" },
};

/**
 * The target of a rig's nodes.
 *
 * @param architecture as a container engine (`docker info`), `uname -m` or Node's `process.arch` names it.
 */
export const nodeTarget = (architecture: string): Target => {
  const found = byArchitecture[architecture.toLowerCase().split("/").at(-1)!];
  if (found) return { goos: "linux", ...found };
  throw usageError("target-unknown", `nodes of the architecture \`${architecture}\` are not supported`, {
    expected: "x86_64, aarch64 or armv7l",
  });
};

/** The target of the machine that edgeproof itself runs on. */
export const hostTarget = (): Target => ({
  ...nodeTarget(process.arch),
  goos: process.platform === "win32" ? "windows" : process.platform,
});

/** As a folder name: `linux-amd64`, `linux-armv7`. */
export const targetName = ({ goos, goarch, goarm }: Target): string =>
  `${goos}-${goarch}${goarm === undefined ? "" : `v${goarm}`}`;
