import type { Observation } from "../../record/model.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { thinPairs } from "../../statistics/pair-plan.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";
import { OverlayPings } from "./overlay-pings.ts";
import { pairStory } from "./pair-silence.ts";

interface Way {
  from: NodeHandle;
  to: NodeHandle;
  pings: OverlayPings;
}

/** Pings from the machines that faults touch: a mover that sends is seen at its new address by whom it sends to. */
class OutwardObserver implements Observer {
  private readonly context: ObserverContext;
  private ways: Way[] = [];
  /** Which share of these ways is pinged; empty where all are. */
  private sample = "";
  private injectedAt = Number.POSITIVE_INFINITY;
  private healedAt = Number.POSITIVE_INFINITY;

  constructor(context: ObserverContext) {
    this.context = context;
  }

  start(): Promise<void> {
    const { rig, affected } = this.context;
    const others = rig.machines.filter(({ name }) => !affected.includes(name));
    const ways = rig.machines
      .filter(({ name }) => affected.includes(name))
      .flatMap((from) => others.map((to): readonly [NodeHandle, NodeHandle] => [from, to]));
    const plan = thinPairs(ways, { seed: 1 });
    this.sample = plan.text === "" ? "" : `; ${plan.text}`;
    this.ways = plan.pairs.map(([from, to]) => ({
      ...{ from, to, pings: new OverlayPings(from, to.overlay ?? "").start() },
    }));
    return Promise.resolve();
  }

  injected(at: number): void {
    this.injectedAt = at;
  }

  healed(at: number): void {
    this.healedAt = at;
  }

  async stop(): Promise<Observation[]> {
    const { fault, healed } = this.context.phases;
    const told = this.ways.map(async ({ from, to, pings }): Promise<Observation[]> => {
      const { back, recovery, lost, sent } = pairStory(await pings.stop(), this.injectedAt, this.healedAt);
      const observation = (phase: string, observable: string, value: number | undefined): Observation => ({
        ...{ phase, observable, unit: "ms", subject: `${from.name} -> ${to.name}` },
        ...{
          deviceClass: from.deviceClass,
          detail: `${lost} of ${sent} pings lost between injected and healed${this.sample}`,
        },
        ...(value === undefined ? {} : { value }),
      });
      return [observation(fault, "outward-back", back), observation(healed, "outward-recovery", recovery)];
    });
    return (await Promise.all(told)).flat();
  }
}

export const outwardObserver: ObserverDefinition = {
  name: "outward",
  summary:
    "Pings every other machine (beyond 120 ways, a sample) over the overlay ten times a second from those that faults touch, which then send all the time.",
  observables: [
    {
      name: "outward-back",
      unit: "ms",
      phase: "fault",
      meaning:
        "from the faults being in force to the first of five answered pings in a row after the cut, while they are; 0: never cut",
    },
    {
      name: "outward-recovery",
      unit: "ms",
      phase: "healed",
      meaning: "from the heal to the first of five answered pings in a row",
    },
  ],
  create: (context) => new OutwardObserver(context),
};
