import type { Docker } from "../driver/container/engine-client.ts";
import { findLeftovers } from "../driver/container/leftovers.ts";
import { type Facts, sorted } from "./facts.ts";

/** The rig's containers and networks as the engine has them; `bridges` and `subnets` say which of the host's are its. */
export async function engineFacts(
  docker: Docker,
  rig: string,
): Promise<{ facts: Facts; bridges: string[]; subnets: string[] }> {
  const { containers, networks } = await findLeftovers(docker, rig);
  const [boxes, nets] = await Promise.all([
    Promise.all(containers.map(({ id }) => docker.getContainer(id).inspect())),
    Promise.all(networks.map(({ id }) => docker.getNetwork(id).inspect())) as Promise<
      {
        Id: string;
        Name: string;
        IPAM?: { Config?: { Subnet?: string }[] };
        Containers?: Record<string, { Name: string; IPv4Address: string }>;
      }[]
    >,
  ]);
  const subnets = nets.flatMap(({ IPAM }) => (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []));
  const facts = sorted({
    containers: boxes.map(({ Name, State, Config, HostConfig }) => {
      const { NanoCpus, Memory, CpuQuota, PidsLimit } = HostConfig;
      return `${Name} ${State.Status} ${Config.Image} ${JSON.stringify({ NanoCpus, Memory, CpuQuota, PidsLimit })}`;
    }),
    ports: boxes.map(({ Name, NetworkSettings }) => `${Name} ${JSON.stringify(NetworkSettings.Ports)}`),
    networks: nets.flatMap(({ Name, Containers = {} }) => [
      Name,
      ...Object.values(Containers).map((end) => `${Name}: ${end.Name} ${end.IPv4Address}`),
    ]),
  });
  return { facts, bridges: nets.map(({ Id }) => `br-${Id.slice(0, 12)}`), subnets };
}
