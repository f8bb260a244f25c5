import { expect } from "chai";
import { lengthsAbove, mtuOfFilters } from "./mtu-filters.ts";

const matches = (mtu: number, length: number): boolean =>
  lengthsAbove(mtu).some(({ value, mask }) => (length & mask) === value);

/** As `tc filter show` of iproute2 6.1 prints it. */
const shown = (mtu: number, skip = -1): string =>
  lengthsAbove(mtu)
    .filter((_, index) => index !== skip)
    .map(({ value, mask }, index) => {
      const hex = (number: number): string => number.toString(16).padStart(8, "0");
      return (
        `filter protocol ip pref 1 u32 chain 0 fh 800::80${index} order 2048 key ht 800 bkt 0 flowid eda1:410 ` +
        `not_in_hw\n  match ${hex(value)}/${hex(mask)} at 0\n  match c612010a/ffffffff at 12\n`
      );
    })
    .join("");

describe("The filters of an MTU", () => {
  it("match each longer length and no other", () => {
    for (const mtu of [68, 576, 1279, 1280, 1499, 1500, 65_535]) {
      const wrong = Array.from({ length: 65_536 }, (_, i) => i).filter((i) => matches(mtu, i) !== i > mtu);
      expect(wrong, String(mtu)).to.deep.equal([]);
      expect(lengthsAbove(mtu)).to.have.length.of.at.most(16);
    }
  });

  it("are read back", () => {
    expect(mtuOfFilters(shown(1280), "eda1:410", "eth0")).to.equal(1280);
    expect(mtuOfFilters(shown(1280), "eda1:41", "eth0")).to.equal(undefined);
    expect(mtuOfFilters("", "eda1:410", "eth0")).to.equal(undefined);
  });

  it("are refused when some of them are missing", () => {
    expect(() => mtuOfFilters(shown(1280, 2), "eda1:410", "eth0")).to.throw("eth0 has only some");
  });
});
