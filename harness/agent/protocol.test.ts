import { expect } from "chai";
import fc from "fast-check";

import { lineSplitter } from "./protocol.ts";

const split = (chunks: readonly Buffer[]): string[] => {
  const lines: string[] = [];
  const splitter = lineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
};

describe("the line splitter", () => {
  it("gives the same lines wherever the bytes are cut, also within a character", () => {
    const text = fc.array(fc.string({ unit: "grapheme" }).map((line) => line.replaceAll("\n", " ")));
    fc.assert(
      fc.property(text, fc.array(fc.nat()), (lines, marks) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const cuts = [0, ...marks.map((mark) => mark % (bytes.length + 1)), bytes.length];
        cuts.sort((a, b) => a - b);
        const chunks = cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
        expect(split(chunks)).to.deep.equal(lines);
      }),
    );
  });

  it("gives a last line without its newline at the end only, and nothing twice", () => {
    const lines: string[] = [];
    const splitter = lineSplitter((line) => lines.push(line));
    splitter.push(Buffer.from("one\ntw"));
    expect(lines).to.deep.equal(["one"]);
    splitter.push(Buffer.from("o"));
    splitter.end();
    splitter.end();
    expect(lines).to.deep.equal(["one", "two"]);
  });

  it("keeps empty lines, and makes none out of nothing", () => {
    expect(split([Buffer.from("\n\na\n")])).to.deep.equal(["", "", "a"]);
    expect(split([])).to.deep.equal([]);
  });
});
