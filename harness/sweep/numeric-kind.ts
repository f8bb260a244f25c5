import { z } from "zod";

import { quantityKinds } from "../config/quantity-schema.ts";
import type { QuantityKind } from "../config/units.ts";

/** What a number of a parameter is: a quantity with a unit, or a number without one. */
export type NumericKind = QuantityKind | "number" | "whole number";

/** The kind of a parameter's schema, behind defaults and optionals; undefined where it is no number. */
export function numericKind(schema: z.core.$ZodType): NumericKind | undefined {
  const quantity = quantityKinds.get(schema)?.kind;
  if (quantity) return quantity;
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return numericKind(schema.def.innerType);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return numericKind(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return numericKind(schema.in);
  if (schema instanceof z.ZodNumber) return schema.format === "safeint" ? "whole number" : "number";
  return undefined;
}
