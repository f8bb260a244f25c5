import { z } from "zod";

/** A map without unknown keys. */
export const map = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, { error: "a map of keys and values" });

/** A DNS label (RFC 1123), which names of machines, sites and the like have to be. */
export const dnsLabel = (description: string, what = "a DNS label such as `edge-a`") => {
  const error = `${what}: lower-case letters, digits and inner hyphens, at most 63`;
  return z
    .string({ error })
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error })
    .describe(description);
};

export const text = (description: string) =>
  z.string({ error: "a text" }).min(1, { error: "a text that is not empty" }).describe(description);

/** A whole number of at least `least`. */
export const whole = (least: number, description: string) => {
  const error = `a whole number of at least ${least}`;
  return z.int({ error }).min(least, { error }).describe(description);
};

/** @param note what may be added to the error */
export const oneOf = <const T extends readonly string[]>(values: T, description: string, note = "") =>
  z.enum(values, { error: `one of ${values.join(", ")}${note}` }).describe(description);
