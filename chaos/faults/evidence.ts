import type { ReceiptCheck, ReceiptQuantity } from "../../harness/record/model.ts";
import { readRepeatedly } from "./read-repeatedly.ts";

/** What proves a fault, by probes that do not ask the program that injected it. */
export interface Evidence {
  before(): Promise<ReceiptCheck[]>;
  /** Begins to measure, once the fault is in force. */
  during(): EvidenceWindow;
  /** Once it is healed. */
  after(): Promise<ReceiptCheck[]>;
}

export interface EvidenceWindow {
  /** At the end of the window, before the fault is healed. */
  stop(): Promise<ReceiptCheck[]>;
}

export interface StateReading {
  subject: string;
  quantity: ReceiptQuantity;
  /** 1 or true: it is so. Rejects or undefined: nothing could be read, which never holds. */
  read: () => Promise<boolean | undefined>;
}

const DEFAULT_INTERVAL_MS = 500;
/** Fewer readings than this within a window prove nothing about the time between. */
const MIN_READINGS = 2;

async function readOnce({ read }: StateReading): Promise<boolean | undefined> {
  return read().catch(() => undefined);
}

function judge(
  { subject, quantity }: StateReading,
  asked: boolean,
  readings: (boolean | undefined)[],
  least: number,
) {
  const known = readings.filter((reading) => reading !== undefined);
  const measured = known.length === 0 ? -1 : known.filter(Boolean).length / known.length;
  const want = asked ? 1 : 0;
  const held = readings.length >= least && known.length === readings.length && measured === want;
  return { subject, quantity, asked: want, measured, tolerance: 0, samples: known.length, held };
}

/** One reading each, in parallel: `asked` is what they should say. */
export const checkStates = (readings: readonly StateReading[], asked: boolean): Promise<ReceiptCheck[]> =>
  Promise.all(readings.map(async (reading) => judge(reading, asked, [await readOnce(reading)], 1)));

/**
 * Reads states again and again until stopped, and once more then. A check's measured value is the share of the readings
 * that said yes: it holds only if every one said what was asked.
 */
export function watchStates(
  readings: readonly StateReading[],
  asked: boolean,
  intervalMs = DEFAULT_INTERVAL_MS,
): EvidenceWindow {
  const watch = readRepeatedly(() => Promise.all(readings.map(readOnce)), intervalMs);
  return {
    async stop() {
      const seen = await watch.stop();
      return readings.map((reading, index) =>
        judge(
          reading,
          asked,
          seen.map((values) => values?.[index]),
          MIN_READINGS,
        ),
      );
    },
  };
}
