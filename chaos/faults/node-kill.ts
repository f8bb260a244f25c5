import { rigError } from "../../harness/errors.ts";
import type { Receipt, ReceiptCheck } from "../../harness/record/model.ts";
import type { Fault } from "./fault.ts";

/** What the fault needs of a driver. */
export interface PowerSwitch {
  kill(node: string): Promise<void>;
  restart(node: string): Promise<void>;
  isRunning(node: string): Promise<boolean>;
}

export interface NodeKillOptions {
  phase: string;
  node: string;
  power: PowerSwitch;
  /** True if the machine answers on the underlay; asked from another machine, so that it is no opinion of the driver. */
  answers: () => Promise<boolean>;
  /** Resolves when the node has joined again after its restart. */
  rejoined: () => Promise<void>;
}

/** A power cut: all processes of a node end at once. Healing is power on; the node comes back by itself. */
export class NodeKill implements Fault {
  readonly name = "node-kill";
  private readonly options: NodeKillOptions;
  private before: ReceiptCheck[] = [];
  private during: ReceiptCheck[] = [];
  private killed = false;
  readonly times = { askedAt: 0, injectedAt: 0, healedAt: 0 };

  readonly takesDown: readonly string[];

  constructor(options: NodeKillOptions) {
    this.options = options;
    this.takesDown = [options.node];
  }

  describe(): string {
    return `${this.name}: power cut of ${this.options.node}`;
  }

  async inject(): Promise<void> {
    this.before = await this.checks(1);
    this.times.askedAt = Date.now();
    this.killed = true;
    await this.options.power.kill(this.options.node);
    this.times.injectedAt = Date.now();
    this.during = await this.checks(0);
  }

  async heal(): Promise<void> {
    if (!this.killed) return;
    // At the end of the window too: a node that came back early was not down for the whole of it.
    this.during.push(...(await this.checks(0)));
    if (!(await this.options.power.isRunning(this.options.node)))
      await this.options.power.restart(this.options.node);
    this.times.healedAt = Date.now();
    this.killed = false;
    await this.options.rejoined();
  }

  async verify(): Promise<Receipt> {
    if (this.killed || this.times.healedAt === 0)
      throw rigError("fault-not-healed", `${this.name} is not healed`, { fix: "heal before verify" });
    const { before, during } = this;
    const after = await this.checks(1);
    const wrong = [...before, ...during, ...after].filter(({ held }) => !held);
    return {
      fault: this.name,
      phase: this.options.phase,
      ...this.times,
      before,
      during,
      after,
      held: wrong.length === 0,
      reasons: wrong.map(
        ({ subject, quantity, asked, measured }) =>
          `${subject}: ${quantity} ${asked} asked, ${measured} found`,
      ),
    };
  }

  private async checks(asked: 0 | 1): Promise<ReceiptCheck[]> {
    const { node, power, answers } = this.options;
    const [running, reachable] = await Promise.all([power.isRunning(node), answers()]);
    const check = (quantity: "process" | "reachable", found: boolean): ReceiptCheck => {
      const measured = found ? 1 : 0;
      return { subject: node, quantity, asked, measured, tolerance: 0, samples: 1, held: measured === asked };
    };
    return [check("process", running), check("reachable", reachable)];
  }
}
