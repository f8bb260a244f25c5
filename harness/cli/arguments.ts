import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";

/** A whole number from 0 on, such as a seed. */
export const number = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new EdgeproofError("USAGE", ExitCode.usage, `\`${text}\` is not a whole number`, { where: "--seed" });
};

/** A whole number from 1 on, of the option `where`. */
export const positive =
  (where: string) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new EdgeproofError("USAGE", ExitCode.usage, `\`${text}\` is not a whole number above 0`, { where });
  };

/** A factor of durations. */
export const pace = (text: string): number => {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new EdgeproofError("USAGE", ExitCode.usage, `\`${text}\` is no factor`, {
    where: "--pace",
    expected: "above 0, at most 1",
  });
};
