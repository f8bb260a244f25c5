import { rigError } from "../../harness/errors.ts";
import type { Receipt, ReceiptCheck } from "../../harness/record/model.ts";
import type { Change, Guard } from "../journal/change.ts";
import type { Evidence, EvidenceWindow } from "./evidence.ts";
import type { Fault } from "./fault.ts";

export interface ChangeFaultOptions {
  /** Unique within the phase: the journal knows the fault by it. */
  name: string;
  phase: string;
  /** One sentence for people. */
  description: string;
  guard: Guard;
  /** Made in this order, put back in the reverse one. */
  changes: readonly Change[];
  evidence: Evidence;
  affects: readonly string[];
  takesDown?: readonly string[];
  /** Resolves when what was broken works again, such as a node that has joined; rejects at its own time limit. */
  recovered?: () => Promise<void>;
}

/** A fault that is a list of changes with their undo steps, and evidence from its own probes. */
export class ChangeFault implements Fault {
  readonly name: string;
  readonly affects: readonly string[];
  readonly takesDown: readonly string[];
  private readonly options: ChangeFaultOptions;
  private readonly times = { askedAt: 0, injectedAt: 0, healedAt: 0 };
  private readonly troubles: string[] = [];
  private before: ReceiptCheck[] = [];
  private during: ReceiptCheck[] = [];
  private window: EvidenceWindow | undefined;
  private state: "new" | "in force" | "healed" = "new";

  constructor(options: ChangeFaultOptions) {
    this.options = options;
    this.name = options.name;
    this.affects = options.affects;
    this.takesDown = options.takesDown ?? [];
  }

  describe(): string {
    return `${this.name}: ${this.options.description}`;
  }

  plan(): string[] {
    return this.options.changes.map(({ what }) => what);
  }

  async inject(): Promise<void> {
    if (this.state !== "new") throw rigError("fault-injected-twice", `${this.name} was injected already`);
    const { changes, evidence, guard } = this.options;
    this.before = await evidence.before();
    this.state = "in force";
    this.times.askedAt = Date.now();
    for (const change of changes) await guard.apply(this.name, change);
    this.times.injectedAt = Date.now();
    this.window = evidence.during();
  }

  async heal(): Promise<void> {
    if (this.state !== "in force") return;
    await this.endWindow();
    await this.options.guard.revert(this.name);
    this.times.healedAt = Date.now();
    this.state = "healed";
    await this.options.recovered?.();
  }

  /** Trouble with the evidence must not keep the fault from being healed. */
  private async endWindow(): Promise<void> {
    const window = this.window;
    this.window = undefined;
    try {
      if (window) this.during = await window.stop();
    } catch (error) {
      this.troubles.push(`the evidence of the window is incomplete: ${String(error)}`);
    }
  }

  async verify(): Promise<Receipt> {
    if (this.state !== "healed")
      throw rigError("fault-not-healed", `${this.name} is ${this.state}, not healed`, {
        fix: "Inject and heal the fault before it is verified.",
      });
    const after = await this.options.evidence.after();
    const { before, during } = this;
    const reasons = [
      ...this.troubles,
      ...(during.length === 0 ? ["nothing was measured while the fault was in force"] : []),
      ...explain("before", before),
      ...explain("during", during),
      ...explain("after", after),
    ];
    const { phase } = this.options;
    const held = reasons.length === 0;
    return { fault: this.name, phase, ...this.times, before, during, after, held, reasons };
  }
}

const explain = (when: string, checks: readonly ReceiptCheck[]): string[] =>
  checks
    .filter(({ held }) => !held)
    .map(({ subject, quantity, asked, measured, tolerance, samples, needed = 0 }) => {
      const few = samples < needed ? `, ${needed} are needed: give it a longer window` : "";
      const found =
        samples === 0 ? "nothing measured" : `${round(measured)} measured in ${samples} readings${few}`;
      return `${subject} ${when}: ${quantity} ${round(asked)} +- ${round(tolerance)} asked, ${found}`;
    });

const round = (value: number): string => String(Number(value.toPrecision(5)));
