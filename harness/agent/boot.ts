import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

export interface BootConfig {
  /** Default route of the node: its WAN router. Without it, the routes stay as the driver made them. */
  gateway?: string;
  /** Turn the node into a router. */
  forward?: boolean;
  /** A real machine: its init has mounted its file systems and keeps its control groups. */
  real?: boolean;
  /**
   * Of a real machine of the cluster: the addresses of services, and the machine's own address. The kernel looks for a route
   * before kube-proxy's rules change a destination, so that without a default route (an air-gapped network) the API server
   * could call no webhook. See https://docs.k3s.io/installation/airgap, "Default Network Route".
   */
  services?: { cidr: string; address: string };
  /** Kernel modules that a real machine may not have loaded yet; one that it does not have is built in, or missed later. */
  modules?: string[];
  /** Unit of systemd that runs the guard of leases. Without it, the agent starts the guard. */
  guardUnit?: string;
  /** Kernel settings under /proc/sys, such as `net/ipv4/ip_forward`. */
  sysctls?: Record<string, string>;
}

function mount(...argv: string[]): void {
  const done = spawnSync("mount", argv, { encoding: "utf8" });
  if (done.status !== 0) process.stderr.write(`mount ${argv.join(" ")}: ${done.stderr.trim()}\n`);
}

/**
 * A container without full privileges gets its kernel file systems read-only; kubelet and containerd need them
 * writable. Where the container is privileged they already are, and remounting changes nothing.
 */
function openKernelFileSystems(): void {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "));
  for (const [, path, , options] of mounts) {
    if (!path || !options) continue;
    const wanted = path === "/sys" || path.startsWith("/sys/") || path === "/proc/sys";
    if (wanted && options.split(",").includes("ro")) mount("-o", "remount,bind,rw", path);
  }
  if (!existsSync("/proc/sys/net")) mount("-t", "proc", "proc", "/proc");
  mount("--make-rshared", "/");
}

/**
 * On cgroup v2 a cgroup that has processes cannot hand controllers to children, so everything moves to a leaf first
 * (the same step that the entry points of kind and k3d take).
 */
function delegateCgroups(): void {
  const root = "/sys/fs/cgroup";
  if (!existsSync(`${root}/cgroup.controllers`)) return;
  mkdirSync(`${root}/init`, { recursive: true });
  for (const pid of readFileSync(`${root}/cgroup.procs`, "utf8").split("\n")) {
    if (!pid) continue;
    try {
      writeFileSync(`${root}/init/cgroup.procs`, pid);
    } catch {
      // A process that ended meanwhile.
    }
  }
  const controllers = readFileSync(`${root}/cgroup.controllers`, "utf8").trim().split(/\s+/);
  writeFileSync(`${root}/cgroup.subtree_control`, controllers.map((name) => `+${name}`).join(" "));
}

function route(gateway: string): void {
  const done = spawnSync("ip", ["route", "replace", "default", "via", gateway], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`default route via ${gateway}: ${done.stderr.trim()}`);
}

/** Marks a route as edgeproof's own (`rtm_protocol`), by which it is removed; in no table of names. */
const ROUTE_PROTOCOL = "237";

function routeServices({ cidr, address }: { cidr: string; address: string }): void {
  const [first = ""] = cidr.split("/");
  if (spawnSync("ip", ["route", "get", first]).status === 0) return;
  const interfaces = Object.entries(networkInterfaces());
  const having = (fits: (one: NetworkInterfaceInfo) => boolean): string | undefined =>
    interfaces.find(([, addresses = []]) => addresses.some(fits))?.[0];
  // Behind a NAT no interface has the address that others know.
  const device =
    having((one) => one.address === address) ?? having((one) => one.family === "IPv4" && !one.internal);
  if (device === undefined) return;
  // Nothing leaves by it: what is for a service has another destination by then.
  const argv = ["route", "replace", cidr, "dev", device, "proto", ROUTE_PROTOCOL];
  const done = spawnSync("ip", argv, { encoding: "utf8" });
  if (done.status !== 0) process.stderr.write(`ip ${argv.join(" ")}: ${done.stderr.trim()}\n`);
}

/** What a real machine's firmware and init do before the first service. Throws if the node cannot work without it. */
export function boot(config: BootConfig): void {
  if (!config.real) {
    openKernelFileSystems();
    delegateCgroups();
  }
  for (const name of config.modules ?? []) spawnSync("modprobe", [name]);
  const sysctls = { ...config.sysctls, ...(config.forward ? { "net/ipv4/ip_forward": "1" } : {}) };
  for (const [key, value] of Object.entries(sysctls)) writeFileSync(`/proc/sys/${key}`, value);
  if (config.gateway) route(config.gateway);
  if (config.services) routeServices(config.services);
}
