import { z } from "zod";

import { didYouMean } from "../config/did-you-mean.ts";
import { expectedQuantity, parseQuantity, type QuantityKind } from "../config/units.ts";
import { type EdgeproofError, usageError } from "../errors.ts";
import { numericKind, type NumericKind } from "./numeric-kind.ts";

/** What an axis needs to know of a fault: those of the catalogue have it. */
export interface VariableFault {
  name: string;
  parameters: z.ZodType;
}

/** What a sweep varies, and between which values. Numbers are in `unit`. */
export interface Axis {
  /** `link-delay.delay`, or `load.rate`. */
  what: string;
  /** Undefined where it is the load's rate. */
  fault: { name: string; parameter: string } | undefined;
  low: number;
  high: number;
  /** As a scenario has it, such as `ms`, `%` or `Mbit`; empty where a number has none. */
  unit: string;
  /** Only whole numbers are possible. */
  whole: boolean;
}

const LOAD_RATE = "load.rate";
const EXAMPLE = "`link-delay.delay=40..90ms`";

const refused = (message: string, expected: string, fix?: string): EdgeproofError =>
  usageError("sweep-axis", message, { where: "--vary", expected, ...(fix === undefined ? {} : { fix }) });

const parametersOf = ({ parameters }: VariableFault): Record<string, z.core.$ZodType> =>
  parameters instanceof z.ZodObject ? parameters.shape : {};

const numericOf = (fault: VariableFault): string[] =>
  Object.entries(parametersOf(fault)).flatMap(([name, schema]) => (numericKind(schema) ? [name] : []));

/** Everything that can be varied, for messages. */
const variables = (catalogue: readonly VariableFault[]): string[] => [
  ...catalogue.flatMap((fault) => numericOf(fault).map((parameter) => `${fault.name}.${parameter}`)),
  LOAD_RATE,
];

interface Variable {
  what: string;
  fault: Axis["fault"];
  kind: NumericKind;
  schema: z.core.$ZodType | undefined;
}

/** The fault that is meant: by its name, or as `link.delay`, short for `link-delay.delay`. */
function faultOf(
  family: string,
  parameter: string,
  catalogue: readonly VariableFault[],
): VariableFault | undefined {
  const named = (name: string): VariableFault | undefined => catalogue.find((fault) => fault.name === name);
  const short = named(`${family}-${parameter}`);
  return named(family) ?? (short && Object.hasOwn(parametersOf(short), parameter) ? short : undefined);
}

function variableOf(what: string, catalogue: readonly VariableFault[]): Variable {
  if (what === LOAD_RATE) return { what, fault: undefined, kind: "number", schema: undefined };
  const [family = "", parameter = ""] = what.split(".");
  const fault = faultOf(family, parameter, catalogue);
  if (!fault || what.split(".").length !== 2)
    throw refused(
      `nothing can be varied that is called \`${what}\``,
      `FAULT.PARAMETER of \`edgeproof faults list\`, such as ${EXAMPLE}, or \`${LOAD_RATE}\``,
      didYouMean(what, variables(catalogue)) ??
        didYouMean(
          family,
          catalogue.map(({ name }) => name),
        ),
    );
  const schema = parametersOf(fault)[parameter];
  const kind = schema && numericKind(schema);
  if (!kind) {
    const numeric = numericOf(fault);
    throw refused(
      schema ? `${fault.name}.${parameter} is no number` : `${fault.name} has no parameter \`${parameter}\``,
      numeric.length > 0 ? `one of ${numeric.join(", ")}` : "a fault with a parameter that is a number",
      didYouMean(parameter, numeric),
    );
  }
  const name = `${fault.name}.${parameter}`;
  return { what: name, fault: { name: fault.name, parameter }, kind, schema };
}

const isQuantity = (kind: NumericKind): kind is QuantityKind => kind !== "number" && kind !== "whole number";

/** A number with a unit in units of `unit`; undefined where it cannot be written so. */
function inUnit(kind: NumericKind, number: string, own: string, unit: string): number | undefined {
  if (!isQuantity(kind)) return own === "" ? Number(number) : undefined;
  const value = parseQuantity(kind, number + own);
  const one = parseQuantity(kind, `1${unit}`);
  // Twelve digits: 500 ms are to be 0.5 s, whatever a double makes of it.
  return value === undefined || one === undefined ? undefined : Number((value / one).toPrecision(12));
}

const RANGE = /^(\d+(?:\.\d+)?)\s*([A-Za-z%]*)\s*\.\.\s*(\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/;

/** `66.5`: never with an exponent, and without the noise of a double. */
const plain = (x: number): string => x.toFixed(9).replace(/0+$/, "").replace(/\.$/, "");

/** What a scenario file would hold: `66.5ms`, or a number where that is what it takes. */
export const axisValue = ({ unit }: Pick<Axis, "unit">, x: number): string | number =>
  unit === "" ? Number(plain(x)) : `${plain(x)}${unit}`;

/** For people: `66.5 ms`. */
export const axisText = ({ unit }: Pick<Axis, "unit">, x: number): string =>
  unit === "" ? plain(x) : `${plain(x)} ${unit}`;

/** As it is written after `--vary`. */
export const varyText = ({ what, low, high, unit }: Axis): string =>
  `${what}=${plain(low)}..${plain(high)}${unit}`;

/** The parameter has to take both ends; what only a whole fault can refuse is found when its scenario is read. */
function ensurePossible(axis: Axis, { schema, kind, what }: Variable): void {
  for (const end of [axis.low, axis.high]) {
    const value = axisValue(axis, end);
    if (kind === "whole number" && !Number.isInteger(end))
      throw refused(`${what} cannot be ${value}`, "whole numbers");
    const parsed = schema && z.safeParse(schema, value);
    if (parsed?.success === false)
      throw refused(`${what} cannot be ${value}`, parsed.error.issues[0]?.message ?? "another value");
  }
}

/**
 * Reads `WHAT=LOW..HIGH` with the unit at the end or at both, such as `link-delay.delay=40..90ms`.
 *
 * @throws EdgeproofError (usage) with what is wrong in it.
 */
export function parseAxis(text: string, catalogue: readonly VariableFault[]): Axis {
  const at = text.indexOf("=");
  if (at < 0) throw refused(`\`${text}\` has no range`, `WHAT=LOW..HIGH with a unit, such as ${EXAMPLE}`);
  const variable = variableOf(text.slice(0, at).trim(), catalogue);
  const { kind, what, fault } = variable;
  const range = text.slice(at + 1).trim();
  const written = isQuantity(kind) ? expectedQuantity(kind) : `a ${kind} without a unit`;
  const [, lowText, lowUnit, highText, unit] = RANGE.exec(range) ?? [];
  if (lowText === undefined || highText === undefined || unit === undefined)
    throw refused(`\`${range}\` is no range`, `LOW..HIGH, each ${written}`);
  const low = inUnit(kind, lowText, lowUnit || unit, unit);
  const high = inUnit(kind, highText, unit, unit);
  if (low === undefined || high === undefined)
    throw refused(`\`${range}\` is no range of ${what}`, `LOW..HIGH, each ${written}`);
  if (low >= high)
    throw refused(
      `${plain(low)} is not below ${plain(high)}`,
      "the lower end first",
      low === high ? undefined : `write \`${what}=${plain(high)}..${plain(low)}${unit}\``,
    );
  const axis = { what, fault, low, high, unit, whole: kind === "whole number" };
  ensurePossible(axis, variable);
  return axis;
}

/**
 * A distance on the axis, with the unit or without.
 *
 * @throws EdgeproofError (usage) when it is none, or as long as the axis itself.
 */
export function parseResolution(axis: Axis, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/.exec(text.trim()) ?? [];
  const value = unit === "" || unit === axis.unit ? Number(number) : NaN;
  if (value > 0 && value < axis.high - axis.low && (!axis.whole || value >= 1)) return value;
  throw usageError("sweep-axis", `\`${text}\` is no resolution`, {
    where: "--resolution",
    expected: `a distance above ${axisText(axis, axis.whole ? 1 : 0)}, below ${axisText(axis, axis.high - axis.low)}`,
  });
}
