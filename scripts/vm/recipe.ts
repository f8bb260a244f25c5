import { createHash } from "node:crypto";

export const SUITE = "bookworm";

/** A kernel with netem, systemd, sshd, and what the WAN service and the tests call. */
const PACKAGES = (
  "linux-image-cloud-amd64 initramfs-tools systemd-sysv udev openssh-server " +
  "ethtool fping iproute2 iputils-ping kmod nftables procps"
).split(" ");

/** Where the second disk appears: edgeproof's programs, the tests and this run's keys. */
export const PAYLOAD = "/payload";
/** What the serial console says once sshd listens. */
export const READY = "edgeproof-vm ready";

/** Not needed for tests, and each costs a second or more on an emulated processor. */
const MASKED = [
  ...["e2scrub_reap.service", "systemd-logind.service", "systemd-networkd-wait-online.service"],
  ...["getty@tty1.service", "serial-getty@ttyS0.service", "apt-daily.timer", "apt-daily-upgrade.timer"],
  ...["systemd-timesyncd.service", "dpkg-db-backup.timer", "fstrim.timer", "e2scrub_all.timer"],
];

/** Files of the disk beside Debian's, by path. */
const FILES: Record<string, string> = {
  "etc/hostname": "edgeproof-vm\n",
  "etc/hosts": "127.0.0.1 localhost edgeproof-vm\n",
  "etc/fstab": `LABEL=payload ${PAYLOAD} ext4 ro 0 0\n`,
  "etc/systemd/network/10-edgeproof.network":
    "[Match]\nDriver=virtio_net\n[Network]\nAddress=10.0.2.15/24\nLinkLocalAddressing=no\n",
  "etc/ssh/sshd_config.d/edgeproof.conf": [
    `HostKey ${PAYLOAD}/ssh/host_key`,
    `AuthorizedKeysFile ${PAYLOAD}/ssh/authorized_keys`,
    "PasswordAuthentication no",
    "UsePAM no",
    "",
  ].join("\n"),
  "etc/systemd/system/ssh.service.d/edgeproof.conf": [
    "[Unit]",
    `RequiresMountsFor=${PAYLOAD}`,
    "[Service]",
    `ExecStartPost=/bin/sh -c 'echo ${READY} > /dev/ttyS0'`,
    "",
  ].join("\n"),
  // The fewest modules: an initrd of 30 MB takes seconds to unpack.
  "etc/initramfs-tools/conf.d/edgeproof": "MODULES=list\n",
  "etc/initramfs-tools/modules": "virtio_pci\nvirtio_blk\next4\n",
};

/** Symbolic links of the disk, by path. */
const LINKS: Record<string, string> = {
  "etc/systemd/system/multi-user.target.wants/systemd-networkd.service":
    "/lib/systemd/system/systemd-networkd.service",
  ...Object.fromEntries(MASKED.map((unit) => [`etc/systemd/system/${unit}`, "/dev/null"])),
};

/** What a virtual machine's disk is made of. */
export interface Recipe {
  architecture: "amd64" | "arm64";
  /** Folder below the cache; recipes of one folder replace each other. */
  folder: string;
  packages: readonly string[];
  files: Readonly<Record<string, string>>;
  links: Readonly<Record<string, string>>;
  /** Commands inside the finished disk. */
  commands: readonly (readonly string[])[];
  diskSize: string;
  /** Key of a kernel that is a program of the host. @default Debian's kernel, which is one of the packages */
  umlKernel?: string;
}

/** For `npm run test:vm`. */
export const TEST_MACHINE: Recipe = {
  architecture: "amd64",
  folder: "vm",
  packages: PACKAGES,
  files: FILES,
  links: LINKS,
  commands: [],
  diskSize: "1500M",
};

const VERSION = 1;

/** Changes with anything that the disk is made of; Debian's own updates come with a month. */
export const recipeKey = ({ packages, files, links, ...rest }: Recipe, now = new Date()): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        ...[VERSION, SUITE, packages, files, links],
        ...(rest.folder === TEST_MACHINE.folder ? [] : [rest]),
        now.toISOString().slice(0, 7),
      ]),
    )
    .digest("hex")
    .slice(0, 16);
