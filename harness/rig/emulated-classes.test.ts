import { expect } from "chai";

import type { HostScores } from "../characterize/host-scores.ts";
import type { ReferenceScores } from "../characterize/reference-scores.ts";
import { loadClasses } from "../config/load.ts";
import type { Topology } from "../config/model.ts";
import { asEmulated, emulatedClasses } from "./emulated-classes.ts";

const topology = (emulation: Topology["emulation"]): Pick<Topology, "nodes" | "emulation"> => ({
  emulation,
  nodes: ["bare-metal", "pi4", "pi4"].map((deviceClass, index) => ({
    ...{ name: `node-${index}`, site: "a", role: index === 0 ? "server" : "agent", deviceClass },
  })),
});
const score = (value: number) => ({ value, n: 6 });
const host: HostScores = {
  ...{ schema: 1, processor: "a processor", cores: 8, measuredAt: 0 },
  scores: { integer: score(1000), "integer-all": score(8000) },
};
const pi4 = (integer: number, all: number): ReferenceScores =>
  new Map([["pi4", { integer, "integer-all": all }]]);

describe("How device classes are emulated", () => {
  const classes = loadClasses();
  const of = (references: ReferenceScores, measured?: HostScores) =>
    emulatedClasses(topology("limits"), classes, references, measured, 8);

  it("takes the quota that what was measured of class and host gives", () => {
    const [server, board] = of(pi4(400, 440), host);
    expect(board).to.include({ class: "pi4", cpus: 0.42, calibrated: true, fits: true });
    expect(board?.text).to.match(/^pi4: 0\.42 CPUs, off by a factor of 1\.0\d on one core, 1\.0\d on all/);
    expect(server).to.include({ class: "bare-metal", cpus: 8, calibrated: false });
  });

  it("says of a class that no quota comes near that it does not fit, and emulates it all the same", () => {
    const [, board] = of(pi4(250, 1000), host);
    expect(board).to.include({ calibrated: true, fits: false });
    expect(board?.cpus).to.be.within(0.25, 1);
    expect(board?.text).to.contain("does not fit this host");
  });

  it("takes what the class declares where class or host were not measured, and says which", () => {
    const [, unknown] = of(new Map(), host);
    expect(unknown).to.include({ cpus: 4, calibrated: false });
    expect(unknown?.text).to.contain("the class has no measured scores");
    const [, unmeasured] = of(pi4(400, 440));
    expect(unmeasured).to.include({ cpus: 4, calibrated: false });
    expect(unmeasured?.text).to.contain("edgeproof characterize --host");
    expect(unmeasured).to.not.have.property("fits");
  });

  it("gives a class no more CPUs than there are, which an engine refuses, and says that it does not fit", () => {
    const [server] = emulatedClasses(topology("limits"), classes, new Map(), undefined, 2);
    expect(server).to.include({ class: "bare-metal", cpus: 2, calibrated: false, fits: false });
    expect(server?.text).to.contain("2 CPUs, as there are no more, of 8 declared");
  });

  it("is nothing where classes are labels only", () => {
    expect(emulatedClasses(topology("none"), classes, pi4(400, 440), host, 8)).to.deep.equal([]);
  });

  it("changes the quotas of classes, and nothing else of them", () => {
    const changed = asEmulated(classes, of(pi4(400, 440), host));
    expect(changed.get("pi4")).to.deep.equal({ ...classes.get("pi4"), cpus: 0.42 });
    expect(changed.get("pi3")).to.deep.equal(classes.get("pi3"));
  });
});
