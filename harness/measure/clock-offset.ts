import type { NodeHandle } from "../rig/node-handle.ts";

export interface ClockOffset {
  /** ms that the machine's clock is ahead of the tester's. */
  offsetMs: number;
  /** Half of the round trip of the best reading: the offset is not farther off than this (Cristian 1989). */
  errorMs: number;
}

/** When it was asked and answered here, and what the machine's clock said between; ms since the epoch. */
export interface ClockReading {
  askedAt: number;
  answeredAt: number;
  there: number;
}

const READINGS = 5;

/**
 * Cristian, "Probabilistic clock synchronization", Distributed Computing 3 (1989): the reading with the shortest round trip
 * bounds the offset best.
 */
export function offsetOf(readings: readonly ClockReading[]): ClockOffset | undefined {
  const [best] = readings.toSorted((a, b) => a.answeredAt - a.askedAt - (b.answeredAt - b.askedAt));
  if (!best) return undefined;
  const errorMs = (best.answeredAt - best.askedAt) / 2;
  return { offsetMs: best.there - (best.askedAt + errorMs), errorMs };
}

/** Reads a machine's clock a few times. Undefined if it does not say. */
async function clockOffset(node: NodeHandle): Promise<ClockOffset | undefined> {
  const readings: ClockReading[] = [];
  for (let count = 0; count < READINGS; count++) {
    const askedAt = performance.timeOrigin + performance.now();
    const { stdout } = await node.exec(["date", "+%s.%N"], { allowFailure: true });
    const answeredAt = performance.timeOrigin + performance.now();
    const there = Number(stdout) * 1000;
    if (stdout.trim() !== "" && Number.isFinite(there)) readings.push({ askedAt, answeredAt, there });
  }
  return offsetOf(readings);
}

const shown = (ms: number): string => Number(ms.toFixed(1)).toString();

/** For people, one line for all machines. */
export async function clockOffsets(nodes: readonly NodeHandle[]): Promise<string> {
  const texts = await Promise.all(
    nodes.map(async (node) => {
      const found = await clockOffset(node);
      return `${node.name} ${found ? `${shown(found.offsetMs)} ± ${shown(found.errorMs)} ms` : "unknown"}`;
    }),
  );
  return `clocks ahead of the tester's: ${texts.join(", ")}`;
}
