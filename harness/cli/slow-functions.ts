import { expectedQuantity, parseQuantity } from "../config/units.ts";
import { usageError } from "../errors.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import { FUNCTIONS } from "../rig/functions/function-images.ts";

/**
 * `fib=20%,image=50%`: functions that are to take longer on purpose, by which share of their own time.
 *
 * @throws EdgeproofError (usage)
 */
export function slowFunctions(text: string, option = "--slow"): Map<string, number> {
  return new Map(
    text.split(",").map((part) => {
      const [name = "", share = ""] = part.split("=");
      const meant = didYouMean(name, FUNCTIONS);
      if (!FUNCTIONS.some((one) => one === name))
        throw usageError("SLOW_FUNCTION", `there is no function \`${name}\``, {
          where: option,
          expected: `a function and a share, such as fib=20%; functions are ${FUNCTIONS.join(", ")}`,
          ...(meant === undefined ? {} : { fix: meant }),
        });
      const value = parseQuantity("share", share);
      if (value === undefined || value <= 0)
        throw usageError("SLOW_SHARE", `\`${share}\` is no share by which ${name} could take longer`, {
          where: option,
          expected: `${expectedQuantity("share")}, above 0 %`,
        });
      return [name, value] as const;
    }),
  );
}
