/**
 * The WAN service, which runs in the wan container, or on every node that impairs what it sends itself:
 * `node wan-service.mjs CONFIG.json [--clean]`, or `--check` alone. It prints `wan ready backend=... realtime=...` once traffic passes it, and removes all it made on SIGTERM. `--clean`
 * removes what a killed service left behind, and ends; `--check` prints whether a node can have it: `netem` or `none`.
 */
import { EdgeproofError, rigError } from "../../harness/errors.ts";
import type { BackendDriver } from "./backend-driver.ts";
import { ControlServer } from "./control-server.ts";
import { attachMembers } from "./interfaces.ts";
import { detectNetem, detectNetemApart } from "./netem/detect-netem.ts";
import { EgressDriver } from "./netem/egress-driver.ts";
import { NetemDriver } from "./netem/netem-driver.ts";
import { netemTraces } from "./netem/netem-traces.ts";
import { type ReadServiceConfig, readServiceConfig } from "./service-config.ts";
import { FormerSysctls } from "./sysctl.ts";
import { removeRouting } from "./userspace/routing.ts";
import { UserspaceDriver } from "./userspace/userspace-driver.ts";

async function startDriver(config: ReadServiceConfig, sysctls: FormerSysctls): Promise<BackendDriver> {
  const { backend, seed, members, socket, egress } = config;
  if (egress) {
    if (await detectNetemApart()) return EgressDriver.start({ ...egress, members }, netemTraces(socket));
    throw rigError("wan-no-netem", `the kernel of ${egress.self} has no netem`, {
      where: egress.self,
      expected: "sch_netem, sch_tbf, sch_htb, cls_u32, root and iproute2",
      fix: "Load the modules (modprobe sch_netem), or install the package that has them, such as linux-modules-extra-$(uname -r).",
    });
  }
  const attached = await attachMembers(members);
  if (backend === "userspace") return UserspaceDriver.start(attached, seed, sysctls);
  if (await detectNetem()) return NetemDriver.start(attached, sysctls, netemTraces(socket));
  if (backend === "auto") return UserspaceDriver.start(attached, seed, sysctls);
  throw rigError("wan-no-netem", "the kernel has no netem, or the container may not use it", {
    where: "wan container",
    expected: "sch_netem, sch_tbf, sch_htb, cls_u32, CAP_NET_ADMIN and iproute2",
    fix: "Load the module (modprobe sch_netem on the host), or set the WAN back end to auto or userspace.",
  });
}

const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve());
  });

async function main(): Promise<void> {
  const [file = "", option] = process.argv.slice(2);
  if (file === "--check") return console.log((await detectNetemApart()) ? "netem" : "none");
  const config = await readServiceConfig(file);
  const sysctls = new FormerSysctls(`${config.socket}.sysctls`);
  if (option === "--clean") {
    await removeRouting();
    await netemTraces(config.socket).remove();
    await sysctls.restore();
    return;
  }
  const stopped = stopSignal();
  const driver = await startDriver(config, sysctls);
  try {
    const names = config.members.map(({ name }) => name);
    const control = await ControlServer.start(config.socket, driver, names);
    driver.onDeath(fail);
    console.log(`wan ready backend=${driver.backend} realtime=${driver.realtime}`);
    await stopped;
    await control.close();
  } finally {
    await driver.close();
  }
}

/** Ends at once and cleans nothing up: without the service no packet may pass. */
function fail(error: unknown): void {
  console.error(error instanceof EdgeproofError ? error.format() : error);
  process.exit(error instanceof EdgeproofError ? error.exitCode : 1);
}

main().then(() => process.exit(0), fail);
