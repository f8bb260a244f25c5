import { expect } from "chai";

import { slowFunctions } from "./slow-functions.ts";

describe("functions that are slower on purpose", () => {
  it("are read with their shares", () => {
    expect([...slowFunctions("fib=20%,hello-world=100%")]).to.deep.equal([
      ["fib", 0.2],
      ["hello-world", 1],
    ]);
  });

  it("are refused where there is no such function or share", () => {
    expect(() => slowFunctions("fbi=20%")).to.throw("there is no function `fbi`");
    for (const share of ["", "20", "0%", "-1%"])
      expect(() => slowFunctions(`fib=${share}`), share).to.throw(`\`${share}\` is no share`);
  });
});
