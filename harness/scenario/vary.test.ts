import { expect } from "chai";

import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { parseAxis } from "../sweep/axis.ts";
import { loadScenario } from "./load-scenario.ts";
import { withValue } from "./vary.ts";

const OPTIONS = { catalogue: CATALOGUE, observers: ["api", "nodes", "overlay", "pods", "transfer"], seed: 1 };

const scenarioAt = (name: string, vary: string, x: number) => {
  const axis = parseAxis(vary, CATALOGUE);
  return loadScenario(name, { ...OPTIONS, change: (file) => withValue(file, axis, x) });
};

describe("a scenario at a value of an axis", () => {
  it("has it wherever the varied fault occurs, and is the same otherwise", () => {
    const varied = scenarioAt("datastore-latency", "api-server-slow.latency=10..200ms", 66.5);
    const written = loadScenario("datastore-latency", OPTIONS);
    expect(varied.fault.faults.map(({ params }) => params)).to.deep.equal([
      { latency: 66.5 },
      { latency: 66.5 },
    ]);
    expect(varied.fault.faults.map(({ atMs }) => atMs)).to.deep.equal(
      written.fault.faults.map(({ atMs }) => atMs),
    );
    expect(varied.objectives).to.deep.equal(written.objectives);
  });

  it("has the load's rate in all phases that take it from there", () => {
    const { steady, fault, healed } = scenarioAt("wan-profile-burst", "load.rate=10..400", 31);
    expect([steady.rate, fault.rate, healed.rate]).to.deep.equal([31, 31, 31]);
  });

  it("is refused where there is nothing to vary, with what there is", () => {
    expect(() => scenarioAt("mtu-black-hole", "link-loss.loss=1..5%", 1))
      .to.throw(/no link-loss.loss that could be varied/)
      .with.property("expected", "a parameter of link-mtu, or load.rate");
  });

  it("is refused where the scenario cannot take it, with its place in the file", () => {
    expect(() => scenarioAt("wan-profile-burst", "load.rate=10..4000", 4000))
      .to.throw(/`4000`/)
      .with.property("where")
      .that.match(/wan-profile-burst\.yaml:\d+/);
  });
});
