import type { DriverName } from "../config/model.ts";
import { usageError } from "../errors.ts";
import { type SystemProgram, canInstall, installMissing, missing } from "./apt.ts";
import { engineAnswers, startEngine, stopOwnEngine } from "./own-engine.ts";

export const DOCKER_CLIENT: SystemProgram = {
  program: "docker",
  debianPackage: "docker.io",
  purpose: "talks to the container engine",
};
export const ENGINE_PROGRAMS: SystemProgram[] = [
  { program: "dockerd", debianPackage: "docker.io", purpose: "the container engine" },
  {
    program: "debootstrap",
    debianPackage: "debootstrap",
    purpose: "builds the node image without a registry",
  },
  { program: "iptables", debianPackage: "iptables", purpose: "what dockerd routes its networks with" },
  { program: "nft", debianPackage: "nftables", purpose: "shows that nothing is left behind" },
  { program: "ip", debianPackage: "iproute2", purpose: "shows that nothing is left behind" },
];
export const REPORT_PROGRAMS: SystemProgram[] = [
  { program: "java", debianPackage: "default-jre-headless", purpose: "runs allure-commandline" },
];

/** What tests use beside the rig: network namespaces with real probes, and a containerd of their own. */
const TEST_PROGRAMS: SystemProgram[] = [
  { program: "ip", debianPackage: "iproute2", purpose: "network namespaces" },
  { program: "nft", debianPackage: "nftables", purpose: "the WAN engine in namespaces" },
  { program: "ping", debianPackage: "iputils-ping", purpose: "probes in namespaces" },
  { program: "fping", debianPackage: "fping", purpose: "probes in namespaces" },
  { program: "containerd", debianPackage: "containerd", purpose: "imports the images that edgeproof packs" },
];

/** Installs what the tests use where that is allowed; elsewhere those tests say what they miss and are skipped. */
export async function prepareTests(say: (message: string) => void): Promise<void> {
  if (canInstall()) await installMissing(TEST_PROGRAMS, say);
}

/** What real machines are reached with; they need no container engine here. */
const SSH_PROGRAMS: SystemProgram[] = [
  { program: "ssh", debianPackage: "openssh-client", purpose: "reaches real machines" },
];

/** Where no container engine is needed here. */
async function prepareWithout(
  programs: readonly SystemProgram[],
  say: (message: string) => void,
  signal?: AbortSignal,
): Promise<PreparedHost> {
  const needed = [...programs, ...REPORT_PROGRAMS];
  const absent = missing(needed);
  if (absent.length > 0 && !canInstall())
    throw usageError("HOST_NOT_READY", `${absent.map(({ program }) => program).join(", ")} missing`, {
      where: "this machine",
      expected: [...programs.map(({ program }) => program), "Java for the Allure report"].join(", and "),
      fix: `install ${absent.map(({ debianPackage }) => debianPackage).join(", ")}`,
    });
  await installMissing(needed, say, signal);
  return { startedEngine: false, [Symbol.asyncDispose]: () => Promise.resolve() };
}

export interface PreparedHost extends AsyncDisposable {
  /** True when the engine was started here, and so will be stopped. */
  startedEngine: boolean;
}

/**
 * Sees to it that a container engine answers (where the driver needs one) and reports can be made: as root on Debian it installs and starts what is
 * missing; anywhere else it refuses with what to do. Disposing stops what was started, nothing else.
 */
export async function prepareHost(
  say: (message: string) => void,
  signal?: AbortSignal,
  driver: DriverName = "container",
): Promise<PreparedHost> {
  if (driver === "ssh") return prepareWithout(SSH_PROGRAMS, say, signal);
  if (driver === "cluster") return prepareWithout([], say, signal);
  const answers = await engineAnswers();
  const needed = [...(answers ? [] : ENGINE_PROGRAMS), ...REPORT_PROGRAMS, DOCKER_CLIENT];
  const absent = missing(needed);
  if ((absent.length > 0 || !answers) && !canInstall()) {
    const names = absent.map(({ program }) => program).join(", ");
    throw usageError("HOST_NOT_READY", answers ? `${names} missing` : "no container engine answers", {
      where: process.env.DOCKER_HOST ?? "this machine",
      expected: "a running Docker Engine, and Java for the Allure report",
      fix: names
        ? `start Docker, and install ${absent.map(({ debianPackage }) => debianPackage).join(", ")}`
        : "start Docker (Docker Desktop, or `systemctl start docker`), then try again",
    });
  }
  await installMissing(needed, say, signal);
  // The package's own scripts may have started it.
  const start = !answers && !(await engineAnswers());
  if (start) {
    say("starting dockerd");
    await startEngine(signal);
  }
  return {
    startedEngine: start,
    async [Symbol.asyncDispose]() {
      if (start) await stopOwnEngine();
    },
  };
}
