import { expect } from "chai";

import { moveLines } from "./underlay-address.ts";

const move = { device: "eth0", from: "198.18.1.10", to: "198.18.1.11", prefix: 24, gateway: "198.18.1.2" };

describe("the move of a machine to another address", () => {
  it("takes the old address away first, and puts the default route back that went with it", () => {
    expect(moveLines(move, true)).to.deep.equal([
      "address del 198.18.1.10/24 dev eth0",
      "address replace 198.18.1.11/24 broadcast + dev eth0",
      "route replace default via 198.18.1.2 dev eth0",
    ]);
  });

  it("leaves out what is done already", () => {
    expect(moveLines(move, false).join()).not.to.contain("del");
  });
});
