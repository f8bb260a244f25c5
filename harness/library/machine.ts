import type { ExecOptions, ExecResult, NodeRole } from "../rig/node-handle.ts";

/** One machine of a rig: a node of the cluster, the tester, a lighthouse, or the WAN router. */
export interface Machine {
  /** As the topology names it; `tester` and `wan` are always there. */
  readonly name: string;
  /** What it is for. */
  readonly role: NodeRole;
  /** Site of the topology; empty for the router. */
  readonly site: string;
  /** Device class of the topology, such as `pi4`; empty where it is no node. */
  readonly deviceClass: string;
  /** IPv4 address below Nebula, where packet faults act. */
  readonly underlay: string;
  /** IPv4 address on the Nebula overlay; undefined for the router. */
  readonly overlay: string | undefined;
  /**
   * Runs a program on the machine, by its arguments, never through a shell.
   *
   * @throws EdgeproofError that names the machine, when the exit code is not 0 (unless `allowFailure`), or at the time limit
   */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Writes a file on the machine; `mode` is the file's, 0644 by default. */
  writeFile(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Reads a file of the machine. */
  readFile(path: string): Promise<Buffer>;
}
