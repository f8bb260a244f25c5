import { NEBULA_FOLDER, NEBULA_LOG } from "../../../harness/config/nebula-layout.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { StateReading } from "../evidence.ts";

/** Longest wait for one answer, ms, of up to `TRIES`: one lost packet makes no machine unreachable. */
const ANSWER_MS = 700;
const TRIES = 3;
const EXEC_MS = 10_000;

export async function pinged(from: NodeHandle, address: string, tries = TRIES): Promise<boolean> {
  // -B 1: every try waits equally long.
  const argv = ["fping", "-q", "-B", "1", "-r", String(tries - 1), "-t", String(ANSWER_MS), address];
  const { exitCode } = await from.exec(argv, { allowFailure: true, timeoutMs: EXEC_MS });
  if (exitCode > 1) throw new Error(`fping on ${from.name} ended with ${exitCode}`);
  return exitCode === 0;
}

/** `to` answers over the overlay. Nebula makes a tunnel for it, if there is none. */
export const overlayAnswer = (from: NodeHandle, to: NodeHandle, tries?: number): StateReading => ({
  subject: `${from.name} -> ${to.name}`,
  quantity: "overlay-reachable",
  read: () => pinged(from, to.overlay ?? "", tries),
});

/** An underlay address answers, whoever has it. */
export const underlayAnswer = (from: NodeHandle, address: string): StateReading => ({
  subject: `${from.name} -> ${address}`,
  quantity: "reachable",
  read: () => pinged(from, address),
});

/** The kernel's process id and start time of Nebula; undefined while none runs. */
export async function nebulaProcess(node: NodeHandle): Promise<string | undefined> {
  const found = await node.exec(["pgrep", "-f", `/nebula -config ${NEBULA_FOLDER}$`], { allowFailure: true });
  const pid = found.stdout.trim().split("\n")[0];
  if (!pid) return undefined;
  const { stdout } = await node.exec(["cat", `/proc/${pid}/stat`], { allowFailure: true });
  // Field 22 of proc(5); the second, a name in brackets, may hold spaces.
  const startTime = stdout.slice(stdout.lastIndexOf(")") + 2).split(" ")[19];
  return startTime === undefined ? undefined : `${pid}@${startTime}`;
}

/** A Nebula runs, says the kernel. */
export const nebulaRuns = (node: NodeHandle): StateReading => ({
  subject: node.name,
  quantity: "service",
  read: async () => (await nebulaProcess(node)) !== undefined,
});

/** Lines that were added to Nebula's log. It is the word of a machine that the fault does not touch, or a hint only. */
export class NebulaLogTail {
  private readonly node: NodeHandle;
  private offset = 0;

  constructor(node: NodeHandle) {
    this.node = node;
  }

  /** From here on. */
  async mark(): Promise<void> {
    const { stdout } = await this.node.exec(["stat", "-c", "%s", NEBULA_LOG]);
    this.offset = Number(stdout.trim());
  }

  /** All lines since the mark. */
  async lines(): Promise<string[]> {
    const { stdout } = await this.node.exec(["tail", "-c", `+${this.offset + 1}`, NEBULA_LOG]);
    return stdout.split("\n").filter(Boolean);
  }
}
