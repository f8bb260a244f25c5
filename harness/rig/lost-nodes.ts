import { EdgeproofError } from "../errors.ts";
import type { PlannedMachine } from "./rig-plan.ts";

/** Errors that say that a machine is not there, and not that something on it is wrong. */
const GONE = ["NODE_UNREACHABLE", "AGENT_SILENT"];

/**
 * Machines that dropped out while a rig was brought up, and whether the rest goes on without them. Without a server or a
 * tester there is no rig; without an agent there is a smaller one.
 */
export class LostNodes {
  readonly names = new Set<string>();
  private readonly agents: readonly string[];
  private readonly goOn: boolean;
  private readonly say: (message: string) => void;

  constructor(machines: readonly PlannedMachine[], goOn: boolean, say: (message: string) => void) {
    this.agents = machines.filter(({ role }) => role === "agent").map(({ name }) => name);
    this.goOn = goOn;
    this.say = say;
  }

  /** Whether the failure is that of an agent that is gone on without. */
  readonly forgive = (_task: string, error: unknown): boolean => {
    if (!this.goOn || !(error instanceof EdgeproofError) || !GONE.includes(error.code)) return false;
    const name = this.agents.find((agent) => new RegExp(`^node ${agent}( |$)`).test(error.where ?? ""));
    if (name === undefined) return false;
    if (!this.names.has(name) && this.names.size + 1 >= this.agents.length) return false;
    if (!this.names.has(name)) this.say(`LOST: ${name}: ${error.message}; going on without it`);
    this.names.add(name);
    return true;
  };

  /** Tasks are named by what they do and, last, by the machine. */
  readonly skip = (task: string): boolean => this.names.has(task.split(" ").at(-1) ?? "");
}
