import type { Fault } from "../../chaos/faults/fault.ts";
import type { Receipt } from "../record/model.ts";

/** The faults of one phase, from the first injection to the last receipt. */
export class PhaseFaults {
  /** In the order of their injection, whether healed or not. */
  private readonly begun: Fault[] = [];
  private readonly healed = new Set<Fault>();
  private turn: Promise<unknown> = Promise.resolve();

  get names(): string[] {
    return this.begun.map(({ name }) => name);
  }

  /** One after the other: what a fault measures before it begins must not change under another's injection. */
  inject(fault: Fault): Promise<void> {
    const done = this.turn.then(() => {
      this.begun.push(fault);
      return fault.inject();
    });
    this.turn = done.catch(() => undefined);
    return done;
  }

  async heal(fault: Fault): Promise<void> {
    await fault.heal();
    this.healed.add(fault);
  }

  /** Latest first; every one is tried. Returns what could not be healed. */
  async healAll(): Promise<{ fault: Fault; error: unknown }[]> {
    await this.turn;
    const failures: { fault: Fault; error: unknown }[] = [];
    for (const fault of this.begun.toReversed())
      if (!this.healed.has(fault))
        await this.heal(fault).catch((error: unknown) => failures.push({ fault, error }));
    return failures;
  }

  /** Once all are healed: a receipt's last measurement would see the others. */
  async verifyAll(tell: (receipt: Receipt) => void): Promise<void> {
    for (const fault of this.begun) tell(await fault.verify());
  }
}
