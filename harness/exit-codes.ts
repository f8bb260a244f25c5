/** Exit codes of the `edgeproof` command; printed by `edgeproof --help`. */
export const ExitCode = {
  /** Every objective was met. */
  met: 0,
  /** At least one objective was missed. */
  missed: 1,
  /** Too few samples, a noisy host or an unhonoured receipt: nothing can be said. */
  inconclusive: 2,
  /** The rig could not be brought up, lost a node, or a fault was not injected, held or healed. */
  broken: 3,
  /** Usage or configuration error; nothing was touched. */
  usage: 64,
  /** A defect of edgeproof itself. */
  internal: 70,
  /** Interrupted by the user, and healed. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
