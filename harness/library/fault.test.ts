import { expect } from "chai";
import { parse } from "yaml";

import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { fault } from "./fault.ts";
import type { PlannedFault } from "./planned-fault.ts";

const camel = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

describe("the constructors of faults", () => {
  it("are one for each fault of the catalogue", () => {
    expect(Object.keys(fault).toSorted()).to.deep.equal(CATALOGUE.map(({ name }) => camel(name)).toSorted());
  });

  it("take what the example of the fault's documentation has", () => {
    const constructors: Record<string, (options: never) => PlannedFault> = fault;
    // Its example is that of the fault which is meant instead.
    for (const { name, example } of CATALOGUE.filter((one) => one.name !== "stream-loss")) {
      const entries = parse(example) as Record<string, unknown>[];
      // When it begins is the scenario's business.
      const { fault: named, at: _, ...options } = entries.find((entry) => entry.fault === name) ?? {};
      expect(named, name).to.equal(name);
      const made = constructors[camel(name)]!(options as never);
      expect([made.fault, made.options], name).to.deep.equal([name, options]);
    }
  });

  it("know the line on which they were called", () => {
    const made = fault.nodeKill({ target: "pi4-1" });
    expect(made.where).to.match(/fault\.test\.ts:\d+$/);
  });

  it("are typed", () => {
    // @ts-expect-error -- a delay has a unit
    fault.linkDelay({ target: { all: true }, delay: "50" });
    // @ts-expect-error -- a fault of links is not aimed at a machine
    fault.linkDelay({ target: "pi4-1", delay: "50ms" });
    // @ts-expect-error -- and has a target
    fault.linkLoss({ loss: "5%" });
    expect(fault.dnsDown().options).to.deep.equal({});
  });
});
