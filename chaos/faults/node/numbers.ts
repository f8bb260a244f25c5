import type { ReceiptCheck, ReceiptQuantity } from "../../../harness/record/model.ts";

export interface NumberCheck {
  subject: string;
  quantity: ReceiptQuantity;
  asked: number;
  tolerance: number;
  /** Undefined: nothing could be measured, which never holds. */
  measured: number | undefined;
  samples: number;
  /** Whether more, or less, than asked is as good. */
  beyond?: "more" | "less";
}

export function checkNumber({ beyond, measured, samples, ...rest }: NumberCheck): ReceiptCheck {
  if (measured === undefined || samples === 0) return { ...rest, measured: -1, samples: 0, held: false };
  const over = measured - rest.asked;
  const enough = beyond !== undefined && (beyond === "more" ? over > 0 : over < 0);
  return { ...rest, measured, samples, held: enough || Math.abs(over) <= rest.tolerance };
}

/** Reads again and again until stopped, and once more then. */
export function watchNumbers<T>(
  read: () => Promise<T>,
  intervalMs: number,
): { stop(): Promise<(T | undefined)[]> } {
  const seen: (T | undefined)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const once = async (): Promise<void> => {
    seen.push(await read().catch(() => undefined));
  };
  const loop = async (): Promise<void> => {
    await once();
    if (!stopped)
      timer = setTimeout(() => {
        running = loop();
      }, intervalMs);
  };
  let running = loop();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await once();
      return seen;
    },
  };
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : average(sorted[middle - 1], sorted[middle]);
}

const average = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : (a + b) / 2;
