import { expect } from "chai";

import { ErrorWindow } from "./error-window.ts";

describe("the share of errors in a sliding window", () => {
  it("is not known before the window is full", () => {
    const window = new ErrorWindow(1_000);
    for (let at = 0; at < 1_000; at += 200) window.add(at, false);
    expect(window.share()).to.equal(undefined);
    window.add(1_000, false);
    expect(window.share()).to.equal(1);
  });

  it("forgets what lies behind the window", () => {
    const window = new ErrorWindow(1_000);
    for (let at = 0; at <= 1_000; at += 200) window.add(at, false);
    for (let at = 1_200; at <= 1_600; at += 200) window.add(at, true);
    expect(window.share()).to.equal(2 / 5);
  });

  it("is not known from a handful of probes that each took long", () => {
    const window = new ErrorWindow(5_000);
    for (let at = 0; at <= 9_000; at += 3_000) window.add(at, false);
    expect(window.share()).to.equal(undefined);
  });
});
