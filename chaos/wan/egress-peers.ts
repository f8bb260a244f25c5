import { rigError } from "../../harness/errors.ts";
import { linkMtus, routeTo } from "./interfaces.ts";
import { addressesOf, type WanMember } from "./wan-engine.ts";

/** A peer with the interface by which this machine sends to it. */
export interface EgressPeer extends WanMember {
  device: string;
  mtu: number;
  /** Number in the list of members. */
  number: number;
}

/**
 * Asks the kernel which interface leads to each peer of `self`, over a gateway or not.
 * @throws EdgeproofError for a peer that there is no way to, that is this machine, or that has two ways
 */
export async function findPeers(self: string, members: readonly WanMember[]): Promise<EgressPeer[]> {
  const mtus = await linkMtus();
  const peers = [...members.entries()].filter(([, { name }]) => name !== self);
  return Promise.all(
    peers.map(async ([number, member]) => {
      const devices = new Set(
        await Promise.all(addressesOf(member).map((address) => deviceTo(self, member.name, address))),
      );
      const [device = "", other] = devices;
      if (other !== undefined)
        throw rigError("wan-peer-ways", `the addresses of ${member.name} are behind ${device} and ${other}`, {
          where: self,
          expected: "one interface that leads to all of them",
        });
      return { ...member, device, mtu: mtus.get(device) ?? 1500, number };
    }),
  );
}

async function deviceTo(self: string, peer: string, address: string): Promise<string> {
  const route = await routeTo(address).catch((cause: unknown) => {
    throw rigError("wan-peer-unreachable", `${self} has no route to ${peer}`, {
      where: `${self}, ip route get ${address}`,
      fix: "Correct the peer's underlay address, or this machine's routes.",
      cause,
    });
  });
  if (route.type !== "local" && route.dev !== undefined) return route.dev;
  throw rigError("wan-peer-is-self", `${address} of ${peer} is an address of ${self} itself`, {
    where: self,
    expected: "an underlay address of its own for each machine",
  });
}
