import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { SlowSteps } from "./slow-steps.ts";

describe("steps that take long", () => {
  it("are told again and again until the last has ended, each with what became of it", async () => {
    const said: string[] = [];
    using steps = new SlowSteps((line) => said.push(line.replace(/\d+ s/, "N s")), 20);
    const [first, second] = [steps.begin("pi-1"), steps.begin("pi-2")];
    await delay(35);
    first("is as it was");
    await delay(20);
    second("was NOT cleaned");
    const told = said.length;
    await delay(50);
    expect(said).to.have.length(told);
    expect([...new Set(said)]).to.deep.equal([
      "still cleaning pi-1, pi-2 (N s)",
      "pi-1 is as it was (N s)",
      "still cleaning pi-2 (N s)",
      "pi-2 was NOT cleaned (N s)",
    ]);
  });
});
