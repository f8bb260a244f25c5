import { z } from "zod";

import { expectedQuantity, parseQuantity, type QuantityKind } from "../config/units.ts";

/** A limit such as `150ms` or `>= 99%`, the operator being optional; strictly between `above` and `below`. */
export const limit = (
  kind: QuantityKind,
  operator: "<=" | ">=",
  above: number,
  below: number,
  why: string,
) => {
  const error = `${expectedQuantity(kind)}, with or without \`${operator}\` before it`;
  const strip = (text: string) => text.replace(new RegExp(`^${operator}\\s*`), "");
  return z
    .string({ error })
    .refine((text) => parseQuantity(kind, strip(text)) !== undefined, { error, abort: true })
    .transform((text) => parseQuantity(kind, strip(text))!)
    .refine((value) => value > above && value < below, { error: why });
};

export const duration = limit("duration", "<=", 0, Infinity, "a duration above 0");

const OPERATORS = ["<=", ">=", "="] as const;
type Operator = (typeof OPERATORS)[number];
type LimitUnit = "ms" | "count" | "share" | "bytes" | "ratio";

const UNIT_OF = { duration: "ms", share: "share", size: "bytes" } as const;

/** `<= 26s`, `0`, `>= 1`, `<= 5%`, `1MiB` or `<= 3x`: a number without a unit is a count, `x` is a ratio. */
const readLimit = (text: string): { operator: Operator; limit: number; unit: LimitUnit } | undefined => {
  const operator = OPERATORS.find((sign) => text.startsWith(sign));
  const rest = text.slice(operator?.length ?? 0).trim();
  if (/^\d+$/.test(rest)) return { operator: operator ?? "<=", limit: Number(rest), unit: "count" };
  if (/^\d+(\.\d+)?x$/.test(rest))
    return { operator: operator ?? "<=", limit: Number(rest.slice(0, -1)), unit: "ratio" };
  for (const [kind, unit] of Object.entries(UNIT_OF)) {
    const value = parseQuantity(kind as keyof typeof UNIT_OF, rest);
    if (value !== undefined) return { operator: operator ?? "<=", limit: value, unit };
  }
  return undefined;
};

export const observedLimit = (() => {
  const error =
    "a duration, a share, a size, a ratio or a count, with or without `<=`, `>=` or `=` before it, such as `<= 26s` or `0`";
  return z
    .union([z.string(), z.int().min(0).transform(String)], { error })
    .refine((text) => readLimit(text) !== undefined, { error, abort: true })
    .transform((text) => readLimit(text)!);
})();

/** `0`, `= 3` or `>= 1`: so many keys; `= 100%`: such a share of them. */
export const keysLimit = (() => {
  const error = "a count or a share, with or without `<=`, `>=` or `=` before it, such as `0` or `= 100%`";
  const isOne = (unit: LimitUnit | undefined): unit is "count" | "share" =>
    unit === "count" || unit === "share";
  return z
    .union([z.string(), z.int().min(0).transform(String)], { error })
    .refine((text) => isOne(readLimit(text)?.unit), { error, abort: true })
    .transform((text) => {
      const { operator, limit, unit } = readLimit(text)!;
      return { operator, limit, unit: isOne(unit) ? unit : ("count" as const) };
    });
})();

export const objectSize = (() => {
  const error = expectedQuantity("size");
  return z
    .string({ error })
    .refine((text) => parseQuantity("size", text) !== undefined, { error, abort: true })
    .transform((text) => parseQuantity("size", text)!);
})();

/** `0`, or `<= 5`: so many messages; `<= 2%`: such a share of them. */
export const messageLimit = (() => {
  const error = "a count such as `0`, or a share such as `<= 5%`";
  return z
    .union([z.string(), z.int().min(0).transform(String)], { error })
    .refine(
      (text) => {
        const read = readLimit(text);
        return (
          read?.operator === "<=" &&
          (read.unit === "count" || (read.unit === "share" && read.limit > 0 && read.limit < 1))
        );
      },
      { error, abort: true },
    )
    .transform((text) => readLimit(text)!);
})();
