import { parseQuantity } from "../config/units.ts";
import { usageError } from "../errors.ts";

/** The share that an option names, above 0 and at most 1. */
export const effectOf = (text: string, option = "--effect"): number => {
  const share = parseQuantity("share", text);
  if (share !== undefined && share > 0) return share;
  throw usageError("USAGE", `\`${text}\` is no effect`, {
    where: option,
    expected: "a share above 0 %, at most 100 %",
    fix: "write it as `5%`",
  });
};
