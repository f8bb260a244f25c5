import { closest } from "./did-you-mean.ts";

/** What a quantity is, the units it may be written in, and what one of each is worth in the base unit. */
interface Quantity {
  /** With its article, for messages. */
  title: string;
  example: string;
  units: Readonly<Record<string, number>>;
  /** Largest value allowed, in the base unit. */
  max?: number;
}

/** Base units: milliseconds, a share from 0 to 1, bits per second (decimal, as `tc` has them), bytes and MiB. */
const quantities = {
  duration: { title: "a duration", example: "2.08ms", units: { us: 0.001, ms: 1, s: 1000, m: 60_000 } },
  share: { title: "a share", example: "0.03%", units: { "%": 0.01 }, max: 1 },
  rate: { title: "a rate", example: "20Mbit", units: { bit: 1, kbit: 1e3, Mbit: 1e6, Gbit: 1e9 } },
  size: { title: "a size", example: "1280B", units: { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } },
  memory: { title: "a memory size", example: "4GiB", units: { MiB: 1, GiB: 1024 } },
} as const satisfies Record<string, Quantity>;

export type QuantityKind = keyof typeof quantities;

const written = /^(\d+(?:\.\d+)?)\s*(.*)$/;

const listed = (kind: QuantityKind): string => Object.keys(quantities[kind].units).join(", ");

/** Regular expression source of a well-written quantity, for the JSON Schema. */
export const quantityPattern = (kind: QuantityKind): string =>
  `^\\d+(\\.\\d+)?(${Object.keys(quantities[kind].units).join("|")})$`;

/** What is expected, for messages: `a duration with a unit (us, ms, s, m), such as 2.08ms`. */
export const expectedQuantity = (kind: QuantityKind): string => {
  const quantity: Quantity = quantities[kind];
  const limit = quantity.max === undefined ? "" : `, at most ${quantity.max * 100}%`;
  return `${quantity.title} with a unit (${listed(kind)})${limit}, such as ${quantity.example}`;
};

/** The value in the base unit, or undefined when it is not well written or too large. */
export const parseQuantity = (kind: QuantityKind, text: string): number | undefined => {
  const quantity: Quantity = quantities[kind];
  const [, number, unit] = written.exec(text) ?? [];
  const factor = unit !== undefined && Object.hasOwn(quantity.units, unit) ? quantity.units[unit] : undefined;
  if (number === undefined || factor === undefined || !new RegExp(quantityPattern(kind)).test(text))
    return undefined;
  // Twelve digits: 0.03 * 0.01 is to be 0.0003, not 0.00029999999999999995.
  const value = Number((Number(number) * factor).toPrecision(12));
  return quantity.max !== undefined && value > quantity.max ? undefined : value;
};

/** How to write a value that was not well written, such as `write \`5ms\``; undefined if that cannot be guessed. */
export const fixQuantity = (kind: QuantityKind, value: unknown): string | undefined => {
  const quantity: Quantity = quantities[kind];
  const units = Object.keys(quantity.units);
  const [, number, unit] = written.exec(String(value)) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const offered = unit === "" ? units : [unit in synonyms ? synonyms[unit]! : closest(unit, units)];
  const fitting = offered.filter(
    (name) => name !== undefined && units.includes(name) && `${number}${name}` !== value,
  );
  if (fitting.length === 0) return undefined;
  return `write ${fitting.map((name) => `\`${number}${name}\``).join(" or ")}`;
};

const synonyms: Readonly<Record<string, string>> = {
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  msec: "ms",
  min: "m",
  minutes: "m",
  percent: "%",
  Mbps: "Mbit",
  "Mbit/s": "Mbit",
  kbps: "kbit",
  Gbps: "Gbit",
  GB: "GiB",
  MB: "MiB",
  G: "GiB",
  M: "MiB",
};
