import { rigError } from "../../harness/errors.ts";
import { runProgram } from "./run-program.ts";
import { addressesOf, type WanMember } from "./wan-engine.ts";

/** A member with the interface of the wan container that leads to it. */
export interface AttachedMember extends WanMember {
  device: string;
  mtu: number;
}

interface RouteAnswer {
  type?: string;
  dev?: string;
  gateway?: string;
}

/** Asks the kernel which interface reaches each member; each must be in a network that the wan container is in. */
export async function attachMembers(members: readonly WanMember[]): Promise<AttachedMember[]> {
  const links = JSON.parse(await runProgram(["ip", "-j", "link", "show"])) as {
    ifname: string;
    mtu: number;
  }[];
  const attached = await Promise.all(
    members.map(async (member) => {
      const devices = await Promise.all(
        addressesOf(member).map(async (address) => {
          const answer = await runProgram(["ip", "-j", "route", "get", address]);
          const [route] = JSON.parse(answer) as RouteAnswer[];
          return route?.gateway === undefined && route?.type !== "local" ? route?.dev : undefined;
        }),
      );
      const link = links.find(({ ifname }) => devices.every((device) => device === ifname));
      if (!link) {
        throw rigError("wan-member-not-attached", `${member.name} is not in a network of the wan container`, {
          where: `${member.name} (${addressesOf(member).join(", ")})`,
          expected: "one interface of the wan container in the network of all the machine's addresses",
          fix: "Connect the wan container to that network.",
        });
      }
      return { ...member, device: link.ifname, mtu: link.mtu };
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
