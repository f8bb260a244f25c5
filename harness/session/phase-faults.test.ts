import { expect } from "chai";

import type { Fault } from "../../chaos/faults/fault.ts";
import { PhaseFaults } from "./phase-faults.ts";

const fault = (name: string, log: string[], fails: "inject" | "heal" | "nothing" = "nothing"): Fault => ({
  name,
  describe: () => name,
  async inject() {
    log.push(`inject ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.push(`injected ${name}`);
    if (fails === "inject") throw new Error(name);
  },
  heal() {
    log.push(`heal ${name}`);
    return fails === "heal" ? Promise.reject(new Error(name)) : Promise.resolve();
  },
  verify: () => Promise.resolve({ fault: name } as never),
});

describe("the faults of a phase", () => {
  it("are injected one after the other and healed latest first", async () => {
    const log: string[] = [];
    const faults = new PhaseFaults();
    await Promise.all([faults.inject(fault("a", log)), faults.inject(fault("b", log))]);
    await faults.healAll();
    expect(log).to.deep.equal(["inject a", "injected a", "inject b", "injected b", "heal b", "heal a"]);
  });

  it("are all healed when one of them cannot be, and when an injection failed half-way", async () => {
    const log: string[] = [];
    const faults = new PhaseFaults();
    await faults.inject(fault("a", log));
    await faults.inject(fault("b", log, "heal"));
    await faults.inject(fault("c", log, "inject")).catch(() => undefined);
    const failures = await faults.healAll();
    expect(failures.map(({ fault: { name } }) => name)).to.deep.equal(["b"]);
    expect(log.filter((line) => line.startsWith("heal"))).to.deep.equal(["heal c", "heal b", "heal a"]);
  });

  it("are not healed twice", async () => {
    const log: string[] = [];
    const faults = new PhaseFaults();
    const only = fault("a", log);
    await faults.inject(only);
    await faults.heal(only);
    await faults.healAll();
    expect(log.filter((line) => line === "heal a")).to.have.length(1);
    expect(faults.names).to.deep.equal(["a"]);
  });
});
