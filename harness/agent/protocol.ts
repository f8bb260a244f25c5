import type { Lease, ServiceSpec } from "../rig/node-handle.ts";

/** Where the agent listens inside a node; only root of that node can open it. */
export const AGENT_SOCKET = "/run/edgeproof/agent.sock";
/** Printed by `serve` when the node has booted and the socket is open. */
export const AGENT_READY = "edgeproof agent ready";

/** Requests and answers are one JSON object a line; `id` ties them together. Bytes travel as base64. */
export type AgentRequest =
  | {
      id: number;
      op: "exec";
      argv: readonly string[];
      env?: Record<string, string>;
      stdin?: string;
      timeoutMs: number;
      /** Report every line of standard output as it comes. */
      stream: boolean;
    }
  | { id: number; op: "kill"; target: number }
  | { id: number; op: "write"; path: string; mode: number; data: string }
  | { id: number; op: "read"; path: string }
  | { id: number; op: "start-service"; spec: ServiceSpec }
  | { id: number; op: "stop-service"; name: string }
  | { id: number; op: "hold-service"; name: string; signal: "SIGTERM" | "SIGKILL" }
  | { id: number; op: "resume-service"; name: string }
  | { id: number; op: "restart-service"; name: string }
  | { id: number; op: "signal-service"; name: string; signal: NodeJS.Signals }
  /** Answered by one `line` event with JSON: ServiceState[] or Lease[]. */
  | { id: number; op: "services" }
  | { id: number; op: "leases" }
  | { id: number; op: "lease"; lease: Omit<Lease, "expiresAt">; ttlMs: number }
  | { id: number; op: "renew-leases"; ttlMs: number }
  | { id: number; op: "release-lease"; lease: string }
  | { id: number; op: "forget-lease"; lease: string };

export type AgentAnswer =
  | { id: number; event: "line"; line: string }
  | { id: number; event: "chunk"; data: string }
  | { id: number; event: "done"; exitCode?: number; stdout?: string; stderr?: string; timedOut?: boolean }
  | { id: number; event: "error"; message: string };

/** What the guard of a node's leases takes, in the same words. */
export type LeaseRequest = Extract<
  AgentRequest,
  { op: "lease" | "renew-leases" | "release-lease" | "forget-lease" | "leases" }
>;

/** Splits a byte stream into lines and hands each to `onLine`; the last line may lack its newline. */
export function lineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  let pending: Buffer[] = [];
  const flush = (tail: Buffer): void => {
    onLine(Buffer.concat([...pending, tail]).toString("utf8"));
    pending = [];
  };
  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        flush(chunk.subarray(from, at));
        from = at + 1;
      }
      if (from < chunk.length) pending.push(chunk.subarray(from));
    },
    end() {
      if (pending.length > 0) flush(Buffer.alloc(0));
    },
  };
}
