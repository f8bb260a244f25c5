import { expect } from "chai";

import { header } from "../record/testing.ts";
import { differences } from "./differences.ts";

describe("differences between runs", () => {
  it("are none between runs that differ in name, time, seed and how long the rig took", () => {
    const other = {
      ...header,
      id: "another",
      startedAt: header.startedAt + 1,
      seed: 2,
      settings: { ...header.settings, bringUpMs: 7500 },
    };
    expect(differences(header, other)).to.deep.equal([]);
  });

  it("name each setting, version and host's trait with both values", () => {
    const other = {
      ...header,
      engine: "k3s",
      versions: { edgeproof: "0.2.0", kubernetes: "v1.34.4" },
      host: { ...header.host, cores: 4 },
    };
    expect(differences(header, other)).to.deep.equal([
      "engine: kubernetes, k3s",
      "host.cores: 2, 4",
      "versions.edgeproof: 0.1.0, 0.2.0",
    ]);
  });

  it("say `none` where one run lacks it, whichever it is", () => {
    const more = { ...header, settings: { ...header.settings, form: "small" } };
    expect(differences(header, more)).to.deep.equal(["settings.form: none, small"]);
    expect(differences(more, header)).to.deep.equal(["settings.form: small, none"]);
  });

  it("see a machine of another class, and one that is not there", () => {
    const [first, second] = header.nodes;
    const other = { ...header, nodes: [first!, { ...second!, deviceClass: "pi5" }] };
    expect(differences(header, other)).to.deep.equal([
      "nodes.pi4-1: agent at edge-a, pi4, emulation none, amd64, agent at edge-a, pi5, emulation none, amd64",
      "nodes.pi3-1: agent at edge-b, pi3, emulation none, amd64, none",
    ]);
  });
});
