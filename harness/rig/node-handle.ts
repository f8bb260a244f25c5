import type { Duplex } from "node:stream";

/** What a machine of the rig is for. */
export type NodeRole = "server" | "agent" | "lighthouse" | "wan" | "tester";

/** What became of a program. */
export interface ExecResult {
  /** 0 for success. */
  exitCode: number;
  /** All that it printed there. */
  stdout: string;
  /** All that it printed there. */
  stderr: string;
}

/** How a program is run. */
export interface ExecOptions {
  /** Written to the process's standard input, which is then closed. */
  stdin?: string | Uint8Array;
  /** Variables beside those that the machine gives. */
  env?: Record<string, string>;
  /** Milliseconds; the process is killed then, and the call fails. @default 60_000 */
  timeoutMs?: number;
  /** Resolve with the result even if the exit code is not 0. @default false */
  allowFailure?: boolean;
  /** Called for every line of standard output while the process runs. */
  onLine?: (line: string) => void;
  /** Kills the process when aborted; the call then resolves with what was printed. */
  signal?: AbortSignal;
}

/** A long-running process of a node, restarted with the node (in order of `start` calls), like a small systemd unit. */
export interface ServiceSpec {
  name: string;
  argv: string[];
  env?: Record<string, string>;
  /** Ready when a line of its output matches this regular expression source. Without it: as soon as it runs. */
  readyPattern?: string;
  /** Milliseconds to become ready. @default 60_000 */
  readyTimeoutMs?: number;
  /** Restart it when it exits by itself. @default true */
  restart?: boolean;
  /** Runs to its end once per boot of the node; ready when it exits with 0. @default false */
  oneshot?: boolean;
}

/**
 * What puts one change on a node back. It may run any number of times, must succeed where nothing is to be undone, and
 * needs nothing but the node itself: when the tester is gone, the node runs it alone.
 */
export type NodeUndo =
  | { kind: "exec"; argv: string[] }
  | { kind: "service"; service: string; action: "resume" | "restart" | "stop" };

/** A change that the node undoes by itself unless the tester renews it in time. */
export interface Lease {
  id: string;
  /** Name of the fault. */
  fault: string;
  /** The change, for people. */
  what: string;
  undo: NodeUndo;
  /** ms since the epoch, the node's clock. */
  expiresAt: number;
}

export interface ServiceState {
  name: string;
  /** Undefined while no process runs. */
  pid?: number;
  /** Stopped on purpose until it is resumed, reboots included. */
  held: boolean;
}

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

/**
 * A machine of the rig as edgeproof itself drives it, whatever driver made it. Every method rejects with an `EdgeproofError`
 * that names the node.
 */
export interface NodeHandle extends Machine {
  /** Starts (or replaces) a service and resolves when it is ready. */
  startService(spec: ServiceSpec): Promise<void>;
  stopService(name: string): Promise<void>;
  /** Ends a service by `signal` and keeps it from starting, across reboots, until it is resumed. Idempotent. */
  holdService(name: string, signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Starts a held service again and resolves when it is ready. Nothing if it is not held. */
  resumeService(name: string): Promise<void>;
  /** Ends and starts a service; resolves when it is ready. */
  restartService(name: string): Promise<void>;
  signalService(name: string, signal: "SIGHUP" | "SIGSTOP" | "SIGCONT" | "SIGKILL"): Promise<void>;
  services(): Promise<ServiceState[]>;
  /** Puts an undo step on the node's disk (fsync) before a change is made; the node runs it after `ttlMs`, latest first. */
  lease(lease: Omit<Lease, "expiresAt">, ttlMs: number): Promise<void>;
  /** All leases of this node run on for `ttlMs` from now. */
  renewLeases(ttlMs: number): Promise<void>;
  /** Runs the undo step of a lease and forgets it. Nothing if there is no such lease. */
  releaseLease(id: string): Promise<void>;
  /** Forgets a lease whose change was put back otherwise. */
  forgetLease(id: string): Promise<void>;
  leases(): Promise<Lease[]>;
  /** Opens a byte stream to a unix socket, or to a TCP port on the node's own loopback. */
  connect(target: { unix: string } | { port: number }): Promise<Duplex>;
}
