import type { LinkParams } from "../../harness/config/model.ts";

/** A directed pair of machines by name; `from` sends. */
export interface LinkDirection {
  from: string;
  to: string;
}

export interface DirectedLink extends LinkDirection {
  params: LinkParams;
}

export interface LinkCounters extends LinkDirection {
  packets: number;
  lost: number;
  queueDrops: number;
}

/** `none`: machines meet on a network that is not the rig's. */
export type WanBackend = "netem" | "userspace" | "none";

/** The one interface behind which both WAN back ends stand. Changing parameters keeps the packets in flight. */
export interface WanEngine {
  readonly backend: WanBackend;
  /** Lets control probes pass (`control-probes.ts`). @default false */
  readonly passesControlProbes?: boolean;
  /** Replaces the parameters of these directions; others stay. */
  apply(links: readonly DirectedLink[]): Promise<void>;
  /** Back to no impairment everywhere. */
  clear(): Promise<void>;
  /** What is in force now (only directions with an impairment). */
  inForce(): Promise<DirectedLink[]>;
  counters(): Promise<LinkCounters[]>;
  close(): Promise<void>;
}

/** A machine that the WAN router serves: its name and underlay address. */
export interface WanMember {
  name: string;
  address: string;
  /** Further addresses of the machine in the same network, such as the one that it roams to. @default none */
  aliases?: readonly string[];
}

/** Every address by which packets of a machine are known. */
export const addressesOf = ({ address, aliases = [] }: WanMember): string[] => [address, ...aliases];
