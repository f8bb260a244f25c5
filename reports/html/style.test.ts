import { expect } from "chai";

import { style } from "./style.ts";

type Rgb = [number, number, number];

/** `--name: value` of a block of the style sheet. */
const variablesOf = (block: string): Map<string, string> =>
  new Map([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()]));

const blocks = [...style.matchAll(/:root \{([^}]*)\}/g)].map((match) => match[1]!);
const light = variablesOf(blocks[0]!);
const dark = new Map([...light, ...variablesOf(blocks[1]!)]);

const rgbOf = (text: string, ground: Rgb): Rgb => {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(text)?.[1];
  if (hex !== undefined) {
    const long = hex.length === 3 ? Array.from(hex, (digit) => digit + digit).join("") : hex;
    return [0, 2, 4].map((at) => parseInt(long.slice(at, at + 2), 16)) as Rgb;
  }
  const [red, green, blue, alpha] = /^rgba\((.*)\)$/.exec(text)![1]!.split(",").map(Number);
  return [red!, green!, blue!].map((value, index) => value * alpha! + ground[index]! * (1 - alpha!)) as Rgb;
};

const linear = (value: number): number =>
  value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;

/** WCAG 2.2, definition of relative luminance and of contrast ratio. */
const luminance = ([red, green, blue]: Rgb): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
const contrast = (a: Rgb, b: Rgb): number => {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
};

/**
 * Machado, Oliveira & Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15
 * (2009): matrices of full severity, on linear RGB.
 */
const BLINDNESS: Record<string, number[][]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const labOf = (colour: Rgb, matrix: number[][]): Rgb => {
  const own = colour.map(linear);
  const [r, g, b] = matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, index) => sum + factor * own[index]!, 0),
      ),
    ),
  ) as Rgb;
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const TEXT = ["ink", "soft", "link", "met", "missed", "inconclusive", "broken"];
/** Behind the texts of charts and matrices. */
const BEHIND_INK = ["held", "unheld", "bad", "shade-0", "shade-1", "shade-2", "shade-3", "shade-4"];
const BEHIND_LABELS = ["band-a", "band-b", "fault"];
const LINES = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"];
/** Lines that are drawn in one chart. */
const TOGETHER = ["c0", "c1", "c2", "c3", "c4"];

for (const [name, variables] of [
  ["light", light],
  ["dark", dark],
] as const)
  describe(`the ${name} colours`, () => {
    const ground = rgbOf(variables.get("ground")!, [0, 0, 0]);
    const colour = (key: string, behind: Rgb = ground): Rgb => rgbOf(variables.get(key)!, behind);

    it("have a contrast of at least 4.5:1 wherever there is text", () => {
      const pairs = [
        ...TEXT.map((key) => [key, "ground"] as const),
        ...["ink", "link"].map((key) => [key, "panel"] as const),
        ...BEHIND_INK.map((key) => ["ink", key] as const),
        ...BEHIND_LABELS.flatMap((key) => [["ink", key] as const, ["soft", key] as const]),
      ];
      for (const [key, behind] of pairs)
        expect(contrast(colour(key), colour(behind)), `${key} on ${behind}`).to.be.at.least(4.5);
    });

    it("have a contrast of at least 3:1 for lines, areas and the focus", () => {
      for (const key of [...LINES, "focus"]) expect(contrast(colour(key), ground), key).to.be.at.least(3);
    });

    for (const [blindness, matrix] of Object.entries(BLINDNESS))
      it(`of lines in one chart are told apart with ${blindness}`, () => {
        for (const a of TOGETHER)
          for (const b of TOGETHER.slice(TOGETHER.indexOf(a) + 1)) {
            const [from, to] = [labOf(colour(a), matrix), labOf(colour(b), matrix)];
            const distance = Math.hypot(...from.map((value, index) => value - to[index]!));
            expect(distance, `${a} and ${b}`).to.be.above(10);
          }
      });
  });
