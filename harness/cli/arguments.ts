import { expectedQuantity, parseQuantity } from "../config/units.ts";
import { EdgeproofError, usageError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";

/** A whole number from 0, such as a seed. */
export const number = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new EdgeproofError("USAGE", ExitCode.usage, `\`${text}\` is not a whole number`, { where: "--seed" });
};

/** A whole number from 1; `where` is the option. */
export const positive =
  (where: string) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new EdgeproofError("USAGE", ExitCode.usage, `\`${text}\` is not a whole number above 0`, { where });
  };

/** A factor above 0, at most 1. */
export const pace = (text: string): number => {
  const value = Number(text);
  if (value > 0 && value <= 1) return value;
  throw new EdgeproofError("USAGE", ExitCode.usage, `\`${text}\` is no factor`, {
    where: "--pace",
    expected: "above 0, at most 1",
  });
};

/** A share above 0, at most 100 %. */
export const rateShare = (text: string): number => {
  const value = parseQuantity("share", text);
  if (value !== undefined && value > 0 && value <= 1) return value;
  throw usageError("RATE", `\`${text}\` is no share of a rate`, {
    where: "--rate",
    expected: `${expectedQuantity("share")}, above 0 % and at most 100 %`,
  });
};

/** The suite that is meant: by its name or its files, which come first, or by `--suite`. */
export function chosen(named: readonly string[], suite: string): { suite: string; files: string[] } {
  const [first = suite, ...files] = named;
  const stranger = named.length > 1 ? named.find((name) => !/\.[cm]?[jt]s$/.test(name)) : undefined;
  if (stranger !== undefined)
    throw usageError("SUITES", `\`${stranger}\` is not the file of a suite`, {
      expected: "one suite by its name, or one or more files of mocha tests",
    });
  return { suite: first, files };
}
