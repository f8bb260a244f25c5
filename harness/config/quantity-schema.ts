import { z } from "zod";
import { expectedQuantity, parseQuantity, quantityPattern, type QuantityKind } from "./units.ts";

/** Which quantity a schema reads, so that messages can say how to write it. */
export const quantityKinds = z.registry<{ kind: QuantityKind }>();

// The messages of these schemas are what was expected; `problems.ts` adds what was found and how to mend it.
/** A text such as `2.08ms` as a number in the base unit of its kind (ms, share 0..1, bit/s, MiB, bytes). */
export const quantity = (kind: QuantityKind, description: string) => {
  const error = expectedQuantity(kind);
  return z
    .string({ error })
    .regex(new RegExp(quantityPattern(kind)), { error, abort: true })
    .refine((text) => parseQuantity(kind, text) !== undefined, { error })
    .describe(description)
    .transform((text) => parseQuantity(kind, text)!)
    .register(quantityKinds, { kind });
};
