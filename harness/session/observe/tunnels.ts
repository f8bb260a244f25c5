import { NebulaLogTail } from "../../../chaos/faults/overlay/readings.ts";
import type { Observation } from "../../record/model.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { type TunnelLine, tunnelLine } from "./nebula-log.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";

interface Told extends TunnelLine {
  by: NodeHandle;
}

class TunnelsObserver implements Observer {
  private readonly context: ObserverContext;
  private readonly logs = new Map<NodeHandle, NebulaLogTail>();
  private injectedAt = Number.POSITIVE_INFINITY;
  private healedAt = Number.POSITIVE_INFINITY;

  constructor(context: ObserverContext) {
    this.context = context;
  }

  async start(): Promise<void> {
    for (const machine of this.context.rig.machines) {
      const log = new NebulaLogTail(machine);
      await log.mark();
      this.logs.set(machine, log);
    }
  }

  injected(at: number): void {
    this.injectedAt = at;
  }

  healed(at: number): void {
    this.healedAt = at;
  }

  async stop(): Promise<Observation[]> {
    const { rig, affected, phases } = this.context;
    const unread: string[] = [];
    const read = [...this.logs].map(async ([by, log]): Promise<Told[]> => {
      const lines = await log.lines().catch(() => void unread.push(by.name));
      return (lines ?? []).flatMap((line) => {
        const told = tunnelLine(line);
        return told ? [{ ...told, by }] : [];
      });
    });
    const machines = rig.machines;
    // Newcomers of probes are no machines of the rig.
    const ours = new Set(machines.map(({ overlay }) => overlay));
    const told = (await Promise.all(read))
      .flat()
      .filter(({ at, peer }) => at >= this.injectedAt && ours.has(peer));
    const note = unread.length > 0 ? `; the log of ${unread.join(", ")} could not be read` : "";
    const pairs = machines.flatMap((a, index) =>
      machines
        .slice(index + 1)
        .map((b) => [a, b] as const)
        .filter(([x, y]) => affected.includes(x.name) || affected.includes(y.name)),
    );
    const during = told.filter(({ at }) => at < this.healedAt);
    return [
      ...pairs.flatMap(([a, b]) => this.tellPair(a, b, told, note)),
      count(phases.fault, "handshakes", during, "handshake", note),
      count(phases.fault, "handshakes-timed-out", during, "timed-out", note),
      count(
        phases.healed,
        "handshakes",
        told.filter(({ at }) => at >= this.healedAt),
        "handshake",
        note,
      ),
    ];
  }

  private tellPair(a: NodeHandle, b: NodeHandle, all: readonly Told[], note: string): Observation[] {
    const { affected, phases } = this.context;
    const own = all.filter(
      ({ by, peer }) => (by === a && peer === b.overlay) || (by === b && peer === a.overlay),
    );
    const [moved, other] = affected.includes(b.name) ? [b, a] : [a, b];
    const first = (event: TunnelLine["event"], by?: NodeHandle): number | undefined =>
      own
        .filter((line) => line.event === event && (by === undefined || line.by === by))
        .map(({ at }) => at)
        .toSorted((x, y) => x - y)[0];
    const gone = own.filter(({ event }) => event !== "timed-out" && event !== "roamed");
    const common = { subject: `${other.name} <-> ${moved.name}`, deviceClass: moved.deviceClass };
    const after = (observable: string, at: number | undefined): Observation => ({
      ...{ ...common, phase: phases.fault, observable, unit: "ms" },
      ...(at === undefined ? {} : { value: at - this.injectedAt }),
      detail: `log of ${observable === "roamed" ? other.name : "both ends"}${note}`,
    });
    return [
      after("tunnel-dead", first("dead")),
      after("roamed", first("roamed", other)),
      {
        ...{ ...common, phase: phases.healed, observable: "tunnel-index-kept", unit: "share" },
        value: gone.length === 0 ? 1 : 0,
        detail: `${gone.map(({ event, by }) => `${event} says ${by.name}`).join(", ") || "no handshake, no end of a tunnel"}${note}`,
      },
    ];
  }
}

function count(
  phase: string,
  observable: string,
  told: readonly Told[],
  wanted: TunnelLine["event"],
  note: string,
): Observation {
  const value = told.filter(({ event }) => event === wanted).length;
  const detail = `in the logs of all machines${note}`;
  return { phase, observable, subject: "", deviceClass: "", unit: "count", value, detail };
}

export const tunnelsObserver: ObserverDefinition = {
  name: "tunnels",
  summary: "Reads what Nebula's own logs say about tunnels: its word, beside the pings of `overlay`.",
  observables: [
    {
      name: "tunnel-dead",
      unit: "ms",
      phase: "fault",
      meaning:
        "from the faults being in force to the first end of the pair that calls the tunnel dead; none: neither did",
    },
    {
      name: "roamed",
      unit: "ms",
      phase: "fault",
      meaning:
        "from the faults being in force until the other end sees a touched machine at a new address; none: never",
    },
    {
      name: "handshakes",
      unit: "count",
      phase: "fault",
      meaning:
        "handshakes completed in the whole overlay while the faults were in force; the same for the healed phase",
    },
    {
      name: "handshakes-timed-out",
      unit: "count",
      phase: "fault",
      meaning: "handshakes given up in the whole overlay while the faults were in force",
    },
    {
      name: "tunnel-index-kept",
      unit: "share",
      phase: "healed",
      meaning:
        "1: the pair has the tunnel of before (no handshake, no end of a tunnel since injected), else 0",
    },
  ],
  create: (context) => new TunnelsObserver(context),
};
