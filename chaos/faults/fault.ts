import type { Receipt } from "../../harness/record/model.ts";

/**
 * Something that is broken on purpose. Order: `inject`, the time under the fault, `heal`, `verify`. Every method
 * rejects with an `EdgeproofError`.
 */
export interface Fault {
  /** Unique within its phase; the receipt has it. */
  readonly name: string;
  /** Machines that do not answer while it is in force. @default none */
  readonly takesDown?: readonly string[];
  /** Names of the machines it touches: its blast radius. @default none */
  readonly affects?: readonly string[];
  /** One sentence for people: what it does to what. */
  describe(): string;
  /** Every change that `inject` makes, for people: commands with their machine. */
  plan?(): string[];
  /** Measures the state before, then breaks. What it changes is undone by `heal`, also when it fails half-way. */
  inject(): Promise<void>;
  /** Puts things back; any number of times, also if nothing was injected. */
  heal(): Promise<void>;
  /** After `heal`: measures that the fault is gone and judges the evidence of before, during and after. */
  verify(): Promise<Receipt>;
}
