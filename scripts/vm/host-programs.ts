import { usageError } from "../../harness/errors.ts";
import { canInstall, installMissing, missing, type SystemProgram } from "../../harness/setup/apt.ts";

const RUN: SystemProgram[] = [
  { program: "qemu-system-x86_64", debianPackage: "qemu-system-x86", purpose: "runs the virtual machine" },
  { program: "mke2fs", debianPackage: "e2fsprogs", purpose: "makes the virtual machine's disks" },
  { program: "ssh", debianPackage: "openssh-client", purpose: "runs the tests in the virtual machine" },
  { program: "ssh-keygen", debianPackage: "openssh-client", purpose: "makes keys for one run" },
  { program: "setpriv", debianPackage: "util-linux", purpose: "ends the virtual machine with the tests" },
];
const BUILD: SystemProgram[] = [
  { program: "debootstrap", debianPackage: "debootstrap", purpose: "fills the virtual machine's disk" },
  { program: "unshare", debianPackage: "util-linux", purpose: "keeps debootstrap's mounts to itself" },
];

const ARM64: SystemProgram[] = [
  { program: "qemu-system-aarch64", debianPackage: "qemu-system-arm", purpose: "runs a machine for arm64" },
];
const BUILD_ARM64: SystemProgram[] = [
  { program: "qemu-aarch64-static", debianPackage: "qemu-user-static", purpose: "fills the disk of one" },
];

const UML: SystemProgram[] = [
  { program: "ip", debianPackage: "iproute2", purpose: "makes the machines' networks" },
  { program: "nft", debianPackage: "nftables", purpose: "is the router of a machine behind a NAT" },
  { program: "nsenter", debianPackage: "util-linux", purpose: "runs machines in a namespace of their own" },
];

/** Sees to it that the virtual machines of a rig can be run here, and built if `build`; refuses with what is missing. */
export async function prepareForRigVms(
  { build, arm64, uml }: { build: boolean; arm64: boolean; uml: boolean },
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (uml && process.getuid?.() !== 0)
    throw usageError("VM_ROOT", "machines of user-mode Linux need root here", {
      expected: "root, for network cards in a namespace of their own",
      fix: "Run `sudo npm run test:ssh -- --uml`, or leave `--uml` away.",
    });
  const more = [...(uml ? UML : []), ...(arm64 ? [...ARM64, ...(build ? BUILD_ARM64 : [])] : [])];
  await prepare("test:ssh", build, more, say, signal);
}

/** Sees to it that a virtual machine can be run here, and built if `build`; refuses with what is missing. */
export async function prepareForVm(
  { build }: { build: boolean },
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await prepare("test:vm", build, [], say, signal);
}

async function prepare(
  what: string,
  build: boolean,
  more: readonly SystemProgram[],
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw usageError("VM_HOST", `${what} does not run on ${process.platform} ${process.arch}`, {
      expected: "Linux on x86-64",
      fix: "Run it there; CI's job `vm` does.",
    });
  if (build && process.getuid?.() !== 0)
    throw usageError("VM_ROOT", "building the virtual machine's disk needs root", {
      expected: "root, for debootstrap; once it is built any user can run it",
      fix: `Run \`sudo npm run ${what}\`, or set EDGEPROOF_CACHE to a folder where root has built it.`,
    });
  const needed = [...RUN, ...more, ...(build ? BUILD : [])];
  const absent = missing(needed);
  if (absent.length > 0 && !canInstall())
    throw usageError("VM_PROGRAMS", `${absent.map(({ program }) => program).join(", ")} missing`, {
      expected: "the programs that build and run a virtual machine",
      fix: `Install ${[...new Set(absent.map(({ debianPackage }) => debianPackage))].join(", ")}.`,
    });
  await installMissing(needed, say, signal);
}
