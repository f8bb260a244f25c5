import { Newcomer } from "../../../chaos/faults/overlay/newcomer.ts";
import { LIGHTHOUSE_INTERVAL_SECONDS } from "../../config/nebula-layout.ts";
import type { Observation } from "../../record/model.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { planPairs } from "../../statistics/pair-plan.ts";
import { faultRig } from "../fault-rig.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";
import { OverlayPings } from "./overlay-pings.ts";
import { firstAnswer, pairStory } from "./pair-silence.ts";

interface Pair {
  from: NodeHandle;
  to: NodeHandle;
  pings: OverlayPings;
}

/** Machines that faults touch are pinged by all others, unless they are more: then a sample is of them, too. */
const MOST_HUBS = 4;

class OverlayObserver implements Observer {
  private readonly context: ObserverContext;
  private pairs: Pair[] = [];
  private newPairs: Pair[] = [];
  /** Which share of all pairs is pinged; empty where all are. */
  private sample = "";
  private newcomer: Newcomer | undefined;
  private injectedAt = Number.POSITIVE_INFINITY;
  private healedAt = Number.POSITIVE_INFINITY;

  constructor(context: ObserverContext) {
    this.context = context;
  }

  private touches({ name }: NodeHandle): boolean {
    return this.context.affected.includes(name);
  }

  async start(): Promise<void> {
    const { rig } = this.context;
    // Machines that the faults leave alone ping, wherever one of a pair is.
    const machines: NodeHandle[] = rig.machines.toSorted(
      (a, b) => Number(this.touches(a)) - Number(this.touches(b)),
    );
    this.newcomer = await Newcomer.start({
      rig: faultRig(rig),
      host: rig.tester,
      meets: rig.lighthouses,
      intervalSeconds: LIGHTHOUSE_INTERVAL_SECONDS,
    });
    const touched = machines.filter((machine) => this.touches(machine));
    const plan = planPairs(machines, { seed: 1, hubs: touched.slice(0, MOST_HUBS) });
    this.sample = plan.text === "" ? "" : `; ${plan.text}`;
    this.pairs = plan.pairs.map(([from, to]) => ({
      ...{ from, to, pings: new OverlayPings(from, to.overlay ?? "").start() },
    }));
  }

  injected(at: number): void {
    const { rig } = this.context;
    const { newcomer } = this;
    this.injectedAt = at;
    if (!newcomer) return;
    // Not before: asked once, a pair has a tunnel and is no new one any more.
    this.newPairs = rig.clusterNodes.map((from) => ({
      from,
      to: rig.tester,
      pings: new OverlayPings(from, newcomer.address).start(),
    }));
  }

  healed(at: number): void {
    this.healedAt = at;
  }

  async stop(): Promise<Observation[]> {
    const told = await Promise.all(this.pairs.map((pair) => this.tell(pair)));
    const met = await Promise.all(this.newPairs.map((pair) => this.tellNew(pair)));
    await this.newcomer?.leave();
    return [...told, ...met].flat();
  }

  private async tell({ from, to, pings }: Pair): Promise<Observation[]> {
    const { fault, healed } = this.context.phases;
    const story = pairStory(await pings.stop(), this.injectedAt, this.healedAt);
    const subject = `${from.name} <-> ${to.name}`;
    const touched = [to, from].find((end) => this.touches(end));
    const detail = `${story.lost} of ${story.sent} pings lost between injected and healed${this.sample}`;
    const common = { subject, deviceClass: touched?.deviceClass ?? "", detail };
    if (!touched)
      return [{ ...common, phase: fault, observable: "overlay-lost", unit: "share", ...share(story) }];
    const ms = (phase: string, observable: string, value: number | undefined): Observation => ({
      ...{ ...common, phase, observable, unit: "ms" },
      ...(value === undefined ? {} : { value }),
    });
    return [
      ms(fault, "overlay-cut", story.cut),
      ms(fault, "overlay-back", story.back),
      ms(healed, "overlay-recovery", story.recovery),
    ];
  }

  private async tellNew({ from, pings }: Pair): Promise<Observation[]> {
    const { healed } = this.context.phases;
    const probes = await pings.stop();
    const at = firstAnswer(probes);
    const lost = probes.filter(({ rttMs }) => rttMs === undefined).length;
    const early = at !== undefined && at < this.healedAt;
    return [
      {
        phase: healed,
        observable: "new-pair-up",
        subject: `${from.name} <-> newcomer`,
        deviceClass: from.deviceClass,
        unit: "ms",
        ...(at === undefined ? {} : { value: Math.max(0, at - this.healedAt) }),
        detail: early
          ? `up ${Math.round(at - this.injectedAt)} ms after injected, while the faults were in force`
          : `${lost} of ${probes.length} pings lost since injected`,
      },
    ];
  }
}

const share = ({ lost, sent }: { lost: number; sent: number }): { value?: number } =>
  sent === 0 ? {} : { value: lost / sent };

export const overlayObserver: ObserverDefinition = {
  name: "overlay",
  summary:
    "Pings every pair of machines (a sample of more than 16 machines' pairs) over the overlay ten times a second, and a newcomer that no node has met before the faults.",
  observables: [
    {
      name: "overlay-lost",
      unit: "share",
      phase: "fault",
      meaning: "pings lost while the faults were in force, for each pair of machines that they leave alone",
    },
    {
      name: "overlay-cut",
      unit: "ms",
      phase: "fault",
      meaning:
        "from the faults being in force to the first of five lost pings in a row, for each pair with a machine that they touch; none: never cut",
    },
    {
      name: "overlay-back",
      unit: "ms",
      phase: "fault",
      meaning:
        "from the faults being in force to the first of five answered pings in a row after the cut, while they are; 0: never cut",
    },
    {
      name: "overlay-recovery",
      unit: "ms",
      phase: "healed",
      meaning:
        "from the heal to the first of five answered pings in a row, for each pair with a machine that they touch",
    },
    {
      name: "new-pair-up",
      unit: "ms",
      phase: "healed",
      meaning:
        "from the heal to the first answer of a newcomer that each node asks since the faults are in force; 0: it came up before",
    },
  ],
  create: (context) => new OverlayObserver(context),
};
