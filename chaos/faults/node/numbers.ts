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
