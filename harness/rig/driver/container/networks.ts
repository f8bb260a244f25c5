import { rigError } from "../../../errors.ts";
import type { Docker } from "./engine-client.ts";
import { resourceName, rigLabels } from "./labels.ts";

/** One machine's own network: `machine` is its address, `router` the WAN container's, `gateway` the engine's host's. */
export interface RigNetwork {
  name: string;
  subnet: string;
  machine: string;
  router: string;
  gateway: string;
}

const HOST = { gateway: 1, router: 2, machine: 10 };
const at = (third: number, host: number): string => `198.18.${third}.${host}`;

/** Third octets of 198.18.0.0/16 (RFC 2544's benchmarking block) that no network of the engine uses. */
async function freeOctets(docker: Docker): Promise<number[]> {
  const taken = new Set<string>();
  for (const network of await docker.listNetworks())
    for (const { Subnet } of network.IPAM?.Config ?? []) if (Subnet) taken.add(Subnet);
  return Array.from({ length: 256 }, (_, third) => third).filter((third) => !taken.has(`${at(third, 0)}/24`));
}

/** Creates one bridge network for every machine, in parallel. */
export async function createNetworks(
  docker: Docker,
  rig: string,
  machines: readonly string[],
): Promise<Map<string, RigNetwork>> {
  const free = await freeOctets(docker);
  if (free.length < machines.length)
    throw rigError("NO_FREE_SUBNETS", `${machines.length} networks are needed, ${free.length} are free`, {
      where: "198.18.0.0/16",
      fix: "remove other rigs with `edgeproof down`, or networks that you do not need",
    });
  const created = machines.map(async (machine, index) => {
    const third = free[index] ?? 0;
    const name = resourceName(rig, machine);
    await docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: "bridge",
      Labels: rigLabels(rig, "network", machine),
      IPAM: {
        Driver: "default",
        Config: [{ Subnet: `${at(third, 0)}/24`, Gateway: at(third, HOST.gateway) }],
      },
      // Rigs route by themselves; masquerading would hide the sender from the WAN engine.
      Options: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
    });
    const network = {
      name,
      subnet: `${at(third, 0)}/24`,
      machine: at(third, HOST.machine),
      router: at(third, HOST.router),
      gateway: at(third, HOST.gateway),
    };
    return [machine, network] as const;
  });
  return new Map(await Promise.all(created));
}
