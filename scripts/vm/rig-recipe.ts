import { PAYLOAD, READY, type Recipe } from "./recipe.ts";
import { umlKernelKey } from "./uml-kernel.ts";

/** What the nodes of a rig need from their distribution (docs/real-nodes.md), and a user who is not root. */
const PACKAGES = (
  "initramfs-tools systemd-sysv udev openssh-server sudo ca-certificates conntrack containerd containernetworking-plugins " +
  "ethtool fping gzip iproute2 iptables iputils-ping kmod mount nftables procps runc util-linux"
).split(" ");
/** A smaller one than the kernel for real boards, made for virtual machines. */
const KERNEL = { amd64: "linux-image-cloud-amd64", arm64: "linux-image-cloud-arm64" };

/** Not needed, and each costs a second or more on an emulated processor. */
const MASKED = [
  ...["e2scrub_reap.service", "systemd-logind.service", "systemd-networkd-wait-online.service"],
  ...["getty@tty1.service", "serial-getty@ttyS0.service", "serial-getty@ttyAMA0.service"],
  ...["apt-daily.timer", "apt-daily-upgrade.timer", "systemd-timesyncd.service", "dpkg-db-backup.timer"],
  ...["fstrim.timer", "e2scrub_all.timer", "containerd.service", "systemd-tmpfiles-clean.timer"],
];

export const MACHINES = ["cloud-1", "edge-1", "load-1"] as const;
export const AGENT = "edge-1";

/** Machines of one disk tell themselves apart by the hardware address of their second network card. */
export const rigAddress = (index: number): string => `192.168.77.${10 + index}`;
export const rigHardware = (index: number): string => `52:54:00:ed:9e:0${index}`;
/** Of the first card, by which this host reaches them. */
export const accessHardware = "52:54:00:ed:9e:ff";
/** Machines of user-mode Linux share the network by which this host reaches them. */
export const umlAccessHardware = (index: number): string => `52:54:00:ed:9f:0${index}`;
export const umlAccessAddress = (index: number): string => `10.0.2.${20 + index}`;
export const UML_GATEWAY = "10.0.2.2/24";
/** A machine behind a router that gives it an address of its own (one to one, as clouds do), of those for examples (RFC 5737). */
export const NAT = {
  public: "203.0.113.11",
  home: "192.168.88.11",
  hardware: "52:54:00:ed:a0:01",
  routerAtHome: "192.168.88.1",
  routerOutside: "192.168.77.1",
} as const;
export const SUDO_USER = "pi";

const network = (hardware: string, address: string, more = ""): string =>
  `[Match]\nMACAddress=${hardware}\n[Network]\nAddress=${address}/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n${more}`;

export const rigRecipe = (architecture: "amd64" | "arm64"): Recipe => ({
  architecture,
  folder: `vm-rig-${architecture}`,
  packages: [KERNEL[architecture], ...PACKAGES],
  files: {
    "etc/hostname": "edgeproof-node\n",
    // A name that cannot be looked up costs each sudo 12 s.
    "etc/hosts": `127.0.0.1 localhost edgeproof-node\n127.0.1.1 ${MACHINES.join(" ")}\n`,
    "etc/resolv.conf": "nameserver 192.168.77.1\n",
    "etc/fstab": `LABEL=payload ${PAYLOAD} ext4 ro 0 0\n`,
    "etc/systemd/network/10-access.network": network(accessHardware, "10.0.2.15"),
    ...Object.fromEntries(
      MACHINES.map((_, index) => [
        `etc/systemd/network/20-rig-${index}.network`,
        network(rigHardware(index), rigAddress(index)),
      ]),
    ),
    "etc/ssh/sshd_config.d/edgeproof.conf": [
      `HostKey ${PAYLOAD}/ssh/host_key`,
      `AuthorizedKeysFile ${PAYLOAD}/ssh/authorized_keys`,
      "StrictModes no",
      "PasswordAuthentication no",
      "UsePAM no",
      "",
    ].join("\n"),
    "etc/sudoers.d/edgeproof": `${SUDO_USER} ALL=(root) NOPASSWD: /bin/sh\n`,
    "etc/systemd/system/ssh.service.d/edgeproof.conf": [
      "[Unit]",
      `RequiresMountsFor=${PAYLOAD}`,
      "[Service]",
      `ExecStartPost=/bin/sh -c 'echo ${READY} > /dev/console'`,
      "",
    ].join("\n"),
    "etc/initramfs-tools/conf.d/edgeproof": "MODULES=list\n",
    "etc/initramfs-tools/modules": "virtio_pci\nvirtio_mmio\nvirtio_blk\next4\n",
  },
  links: {
    "etc/systemd/system/multi-user.target.wants/systemd-networkd.service":
      "/lib/systemd/system/systemd-networkd.service",
    ...Object.fromEntries(MASKED.map((unit) => [`etc/systemd/system/${unit}`, "/dev/null"])),
  },
  commands: [
    ["useradd", "--create-home", "--shell", "/bin/bash", "--password", "*", SUDO_USER],
    ["chmod", "0440", "/etc/sudoers.d/edgeproof"],
  ],
  diskSize: "4G",
});

/** A kubelet does not start where nothing tells the processor's clock; on x86 it is half of bogomips. */
const CPU_CLOCK = {
  "usr/local/sbin/cpu-clock": `awk '/^bogomips/ { printf "cpu MHz : %.3f\\n", $3 / 2 } { print }' /proc/cpuinfo > /run/cpuinfo
exec mount --bind /run/cpuinfo /proc/cpuinfo
`,
  "etc/systemd/system/cpu-clock.service": [
    "[Unit]",
    "DefaultDependencies=no",
    "After=local-fs.target",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    "ExecStart=/bin/sh /usr/local/sbin/cpu-clock",
    "",
  ].join("\n"),
};

/** The same machine with a kernel that is a program of this host. */
export function umlRecipe(): Recipe {
  const { files, links, ...rest } = rigRecipe("amd64");
  const toNat = `[Route]\nDestination=${NAT.public}/32\nGateway=${NAT.routerOutside}\n`;
  const networks = {
    ...Object.fromEntries(
      MACHINES.flatMap((_, index) => [
        [`10-access-${index}`, network(umlAccessHardware(index), umlAccessAddress(index))],
        [`20-rig-${index}`, network(rigHardware(index), rigAddress(index), toNat)],
      ]),
    ),
    "20-home": network(NAT.hardware, NAT.home, `Gateway=${NAT.routerAtHome}\n`),
  };
  const cards = Object.entries(networks).map(([name, text]) => [`etc/systemd/network/${name}.network`, text]);
  return {
    ...rest,
    folder: "vm-rig-uml",
    packages: PACKAGES.filter((name) => name !== "initramfs-tools"),
    files: { ...files, ...(Object.fromEntries(cards) as Record<string, string>), ...CPU_CLOCK },
    links: {
      ...links,
      "etc/systemd/system/sysinit.target.wants/cpu-clock.service": "/etc/systemd/system/cpu-clock.service",
    },
    umlKernel: umlKernelKey(),
  };
}
