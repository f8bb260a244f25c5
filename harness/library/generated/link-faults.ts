// Written by `npm run schemas` from the catalogue in chaos/faults.
/* eslint-disable max-lines */
import { planned, type PlannedFault } from "../planned-fault.ts";
import type { Duration, Rate, Share, Size } from "../quantities.ts";
import type { LinkTarget } from "../targets.ts";

/** Target and parameters of `fault.linkDelay`. */
export interface LinkDelayOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** One-way delay, 0ms to 10s; in place of that of the profile. 0ms changes nothing. */
  delay: Duration;
}

/** Target and parameters of `fault.linkJitter`. */
export interface LinkJitterOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Mean one-way delay, up to 10s. */
  delay: Duration;
  /** Standard deviation, up to 2s, at most the delay (uniform: at most delay / 1.732). 0ms and a delay of 0ms change nothing. */
  jitter: Duration;
  /**
   * Distribution of the delay: normal, pareto (a long tail above the mean) or uniform.
   * @default normal
   */
  shape?: "normal" | "pareto" | "uniform";
}

/** Target and parameters of `fault.linkLoss`. */
export interface LinkLossOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Share of packets lost in each direction, 0% to 100%; 0% changes nothing. */
  loss: Share;
}

/** Target and parameters of `fault.linkBurstLoss`. */
export interface LinkBurstLossOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Chance per packet of entering the bad state; 0% changes nothing. */
  enter: Share;
  /** Chance per packet of leaving it, above 0%; a burst has 1 / leave packets on average. */
  leave: Share;
}

/** Target and parameters of `fault.linkDuplicate`. */
export interface LinkDuplicateOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Share of packets sent twice, 0% to 100%; 0% changes nothing. */
  duplicate: Share;
}

/** Target and parameters of `fault.linkReorder`. */
export interface LinkReorderOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Share of packets that skip the delay, below 100%; 0% changes nothing. */
  reorder: Share;
  /**
   * One-way delay of the others, 10ms to 10s.
   * @default 20ms
   */
  delay?: Duration;
}

/** Target and parameters of `fault.linkCorrupt`. */
export interface LinkCorruptOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Share of packets with a flipped bit, 0% to 100%; 0% changes nothing. */
  corrupt: Share;
}

/** Target and parameters of `fault.linkRate`. */
export interface LinkRateOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Bits per second from the IP header on, 256kbit to 100Mbit; 0bit changes nothing. */
  rate: Rate;
}

/** Target and parameters of `fault.linkMtu`. */
export interface LinkMtuOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** Longest packet from the IP header on, 576B to 1500B; 1500B changes nothing. */
  mtu: Size;
}

/** Target and parameters of `fault.linkProfile`. */
export interface LinkProfileOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** One of fixtures/profiles/profiles.yaml, such as lossy. */
  profile: string;
}

/** Target and parameters of `fault.linkPartition`. */
export interface LinkPartitionOptions {
  /** What it is aimed at. */
  target: LinkTarget;
}

/** Target and parameters of `fault.linkBlip`. */
export interface LinkBlipOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /**
   * How long nothing passes, 1s or more; 0ms changes nothing.
   * @default 5s
   */
  down?: Duration;
}

/** Target and parameters of `fault.linkFlap`. */
export interface LinkFlapOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** How long nothing passes each time, 1s or more; 0ms changes nothing. */
  down: Duration;
  /** How long the links work in between, 1s or more. */
  up: Duration;
}

/** Target and parameters of `fault.linkDegrade`. */
export interface LinkDegradeOptions {
  /** What it is aimed at. */
  target: LinkTarget;
  /** State at the beginning. */
  from: {
    /** One-way delay. */ delay?: Duration;
    /** Standard deviation of the delay (normal), at most the delay. */ jitter?: Duration;
    /** Share of packets lost. */ loss?: Share;
  };
  /** State at the end. */
  to: {
    /** One-way delay. */ delay?: Duration;
    /** Standard deviation of the delay (normal), at most the delay. */ jitter?: Duration;
    /** Share of packets lost. */ loss?: Share;
  };
  /** Time from the first state to the last one. */
  over: Duration;
  /**
   * Number of changes, 1 to 100; each state lasts 1 s or more.
   * @default 5
   */
  steps?: number;
}

/** Faults of the layer `link`. */
export const linkFaults = {
  /**
   * Delays every packet by a constant time, in each direction of the target.
   *
   * - Proof: Round trips of each pair, and the delay of each direction by itself, within max(0.5 ms, 5 %).
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-delay
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   delay: 50ms
   * ```
   */
  linkDelay: (options: LinkDelayOptions): PlannedFault => planned("link-delay", options),

  /**
   * Spreads the delay of packets around a mean; those that overtake others arrive out of order.
   *
   * - Proof: Spread of round trips and of each direction, from the median absolute deviation and by the shape, within max(0.5 ms, 10 %) and its sampling error.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   * - Limit: Jitter below 0.5 ms cannot be told from that of a busy host.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-jitter
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   delay: 20ms
   *   jitter: 5ms
   *   shape: pareto
   * ```
   */
  linkJitter: (options: LinkJitterOptions): PlannedFault => planned("link-jitter", options),

  /**
   * Loses packets, each independently of the others.
   *
   * - Proof: Numbered datagrams in each direction: the share asked for lies in the binomial interval of what was lost, and none at all does not.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   * - Limit: A window too short to tell the loss from none makes the receipt not hold: 1 % needs about 3 s, 0.1 % about 30 s.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-loss
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   loss: 5%
   * ```
   */
  linkLoss: (options: LinkLossOptions): PlannedFault => planned("link-loss", options),

  /**
   * Loses packets in bursts (Gilbert-Elliott): all in a bad state, none in the good one.
   *
   * - Proof: Numbered datagrams in each direction: enter / (enter + leave) lies in the interval of what was lost, widened for the bursts.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   * - Limit: The state changes per packet of any traffic: with more traffic bursts are shorter in time.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-burst-loss
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   enter: 2%
   *   leave: 20%
   * ```
   */
  linkBurstLoss: (options: LinkBurstLossOptions): PlannedFault => planned("link-burst-loss", options),

  /**
   * Sends packets twice.
   *
   * - Proof: Numbered datagrams in each direction: the share asked for lies in the binomial interval of those that came twice.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-duplicate
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   duplicate: 5%
   * ```
   */
  linkDuplicate: (options: LinkDuplicateOptions): PlannedFault => planned("link-duplicate", options),

  /**
   * Delays packets, and lets a share of them skip the delay, so that they overtake those under way.
   *
   * - Proof: Numbered datagrams in each direction: the share asked for lies in the binomial interval of those that took less than half the delay.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-reorder
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   reorder: 10%
   *   delay: 20ms
   * ```
   */
  linkReorder: (options: LinkReorderOptions): PlannedFault => planned("link-reorder", options),

  /**
   * Flips one bit of packets, so that checksums and Nebula's authentication throw them away.
   *
   * - Proof: Numbered datagrams in each direction: the share asked for lies in the binomial interval of those that did not come intact.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   * - Limit: A damaged datagram fails its checksum, so that receipts see it as lost.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-corrupt
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   corrupt: 5%
   * ```
   */
  linkCorrupt: (options: LinkCorruptOptions): PlannedFault => planned("link-corrupt", options),

  /**
   * Limits the rate; what does not fit waits in a queue of 100 ms (at least 16 full packets), then is lost.
   *
   * - Proof: 1.2 times the rate is sent for 1.2 s in each direction, before, during and after: during, the rate arrives within 5 % and the link-layer header.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   * - Limit: Its receipt fills the link for 1.2 s at the beginning of the window, and sends 1.2 times the rate before and after.
   * - Limit: Other traffic on the link takes its share; what came in besides the probe is allowed for.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-rate
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   rate: 10Mbit
   * ```
   */
  linkRate: (options: LinkRateOptions): PlannedFault => planned("link-rate", options),

  /**
   * Drops packets longer than a limit, and no ICMP message tells of it (a black hole for path MTU discovery).
   *
   * - Proof: Datagrams that must not be fragmented, of the limit, one byte more, and full size, in each direction: the longest that arrives is the limit.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   * - Limit: Nebula's overlay of 1300 bytes needs 1360: below that, full-size packets of the overlay vanish.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-mtu
   *   target: { from: cloud-1, to: pi4-1, bothWays: true }
   *   mtu: 1280B
   * ```
   */
  linkMtu: (options: LinkMtuOptions): PlannedFault => planned("link-mtu", options),

  /**
   * Puts a named network profile in force in the directions of the target; what it does not name stays as it was.
   *
   * - Proof: Delay, jitter and loss of each pair and each direction, as of link-delay, link-jitter and link-loss.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-profile
   *   target: { all: true }
   *   profile: lossy
   * ```
   */
  linkProfile: (options: LinkProfileOptions): PlannedFault => planned("link-profile", options),

  /**
   * Lets nothing through in the directions of the target: one way, both ways, or between sites.
   *
   * - Proof: Numbered datagrams in each direction: none arrives where the link is cut, and all in the other direction of a one-way cut; the overlay is recorded beside it.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   * - Limit: Nebula finds another way through a relay where there is one: the overlay may go on.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-partition
   *   target: { from: cloud-1, to: pi4-1 }
   * ```
   */
  linkPartition: (options: LinkPartitionOptions): PlannedFault => planned("link-partition", options),

  /**
   * Cuts links for a short time at the beginning of the phase; then they work again.
   *
   * - Proof: Numbered datagrams in each direction: none arrives while the links are cut, and all afterwards.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-blip
   *   target: { from: pi4-1, bothWays: true }
   *   down: 5s
   * ```
   */
  linkBlip: (options: LinkBlipOptions): PlannedFault => planned("link-blip", options),

  /**
   * Cuts links and lets them work again, over and over, beginning with a cut.
   *
   * - Proof: Numbered datagrams in each direction: none arrives in all cuts together, and all in all times between.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-flap
   *   target: { from: pi4-1, bothWays: true }
   *   down: 2s
   *   up: 3s
   * ```
   */
  linkFlap: (options: LinkFlapOptions): PlannedFault => planned("link-flap", options),

  /**
   * Moves delay, jitter and loss from one state to another in equal steps, and stays there.
   *
   * - Proof: As link-delay, link-jitter and link-loss, each step by itself.
   * - Undo: The layer is taken away and what lies below it is in force again; if the tester is gone, the machine that impairs (the router, or each sender by itself) clears all impairments when its lease ends.
   *
   * In a scenario:
   * ```yaml
   * - fault: link-degrade
   *   target: { from: pi4-1, bothWays: true }
   *   from: { delay: 5ms }
   *   to: { delay: 100ms, loss: 2% }
   *   over: 30s
   *   steps: 6
   * ```
   */
  linkDegrade: (options: LinkDegradeOptions): PlannedFault => planned("link-degrade", options),
} as const;
