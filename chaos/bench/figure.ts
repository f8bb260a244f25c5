import { loadavg } from "node:os";

/** One measured figure of a benchmark. */
export interface Figure {
  group:
    | "delay"
    | "jitter"
    | "loss"
    | "throughput"
    | "live change"
    | "death"
    | "found"
    | "false alarm"
    | "speed"
    | "growth"
    | "functions";
  /** What was asked of which engine. */
  what: string;
  measured: number;
  unit: string;
  /** Undefined: reported, without a target. */
  target?: string;
  met?: boolean;
  note?: string;
  /** Of the machine, one minute's average, when it was measured. */
  load: number;
}

export type Measured = Omit<Figure, "load">;

/** Figures as they come in, with the load of the machine beside each. */
export class Figures {
  readonly all: Figure[] = [];
  private readonly say: (message: string) => void;

  constructor(say: (message: string) => void) {
    this.say = say;
  }

  add(measured: Measured): void {
    const figure = { ...measured, load: loadavg()[0] ?? Number.NaN };
    this.all.push(figure);
    this.say(figureLine(figure));
  }
}

export const figureLine = ({ group, what, measured, unit, target, met, note, load }: Figure): string =>
  [
    group.padEnd(11),
    what.padEnd(44),
    `${Number(measured.toPrecision(4))} ${unit}`.padEnd(16),
    target === undefined ? "" : `${met ? "met" : "not met"} (${target})`,
    note ?? "",
    `load ${load.toFixed(1)}`,
  ]
    .filter(Boolean)
    .join("  ");
