import { rigError } from "../../harness/errors.ts";
import { runProgram } from "./run-program.ts";
import { addressesOf, type WanMember } from "./wan-engine.ts";

/** A member with the interface of the wan container that leads to it. */
export interface AttachedMember extends WanMember {
  device: string;
  mtu: number;
}

export interface Route {
  type?: string;
  dev?: string;
  gateway?: string;
}

/** The kernel's way to an address; rejects where there is none. */
export async function routeTo(address: string): Promise<Route> {
  const [route] = JSON.parse(await runProgram(["ip", "-j", "route", "get", address])) as Route[];
  return route ?? {};
}

/** MTU of each interface, bytes, in the kernel's order. */
export async function linkMtus(): Promise<Map<string, number>> {
  const links = JSON.parse(await runProgram(["ip", "-j", "link", "show"])) as {
    ifname: string;
    mtu: number;
  }[];
  return new Map(links.map(({ ifname, mtu }) => [ifname, mtu]));
}

/** Asks the kernel which interface reaches each member; each must be in a network that the wan container is in. */
export async function attachMembers(members: readonly WanMember[]): Promise<AttachedMember[]> {
  const links = await linkMtus();
  const attached = await Promise.all(
    members.map(async (member) => {
      const devices = await Promise.all(
        addressesOf(member).map(async (address) => {
          const { gateway, type, dev } = await routeTo(address);
          return gateway === undefined && type !== "local" ? dev : undefined;
        }),
      );
      const link = [...links].find(([name]) => devices.every((device) => device === name));
      if (!link) {
        throw rigError("wan-member-not-attached", `${member.name} is not in a network of the wan container`, {
          where: `${member.name} (${addressesOf(member).join(", ")})`,
          expected: "one interface of the wan container in the network of all the machine's addresses",
          fix: "Connect the wan container to that network.",
        });
      }
      const [device, mtu] = link;
      return { ...member, device, mtu };
    }),
  );
  for (const [index, member] of attached.entries()) {
    const neighbour = attached.slice(0, index).find(({ device }) => device === member.device);
    if (!neighbour) continue;
    throw rigError("wan-shared-network", `${neighbour.name} and ${member.name} are in one network`, {
      where: `wan container, interface ${member.device}`,
      expected: "a network for each machine: what stays within a network does not pass the WAN",
    });
  }
  return attached;
}
