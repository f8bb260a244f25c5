import { expect } from "chai";

import { EdgeproofError } from "../../harness/errors.ts";
import { CATALOGUE, LAYERS, faultNamed } from "./catalogue.ts";
import { describeFault, faultText } from "./describe-fault.ts";

describe("the catalogue of faults", () => {
  it("has every layer, and no name twice", () => {
    expect(new Set(CATALOGUE.map(({ layer }) => layer))).to.deep.equal(new Set(LAYERS));
    const names = CATALOGUE.map(({ name }) => name);
    expect(names).to.deep.equal([...new Set(names)]);
    for (const name of names) expect(name).to.match(/^[a-z]+(-[a-z]+)*$/);
  });

  it("says of every fault how it is proved and undone, and what each parameter means", () => {
    for (const definition of CATALOGUE) {
      const { name, summary, proof, undo, parameters } = describeFault(definition);
      for (const text of [summary, proof, undo]) expect(text, name).to.match(/\.$/);
      for (const parameter of parameters)
        expect(parameter.description, `${name}.${parameter.name}`).to.not.equal("");
    }
  });

  it("takes no parameter for one of the keys that every fault has", () => {
    const reserved = ["fault", "name", "target", "at", "for", "repeat"];
    for (const definition of CATALOGUE)
      for (const { name } of describeFault(definition).parameters)
        expect(reserved, definition.name).to.not.include(name);
  });

  it("refuses what is no parameter", () => {
    for (const { name, parameters } of CATALOGUE)
      expect(parameters.safeParse({ nonsense: 1 }).success, name).to.equal(false);
  });

  it("shows a parameter's unit and default", () => {
    const text = faultText(describeFault(faultNamed("link-blip")));
    expect(text).to.match(/down +duration +5s +How long nothing passes/);
  });

  it("suggests a fault for a name that nearly exists", () => {
    expect(() => faultNamed("link-dealy"))
      .to.throw(EdgeproofError)
      .with.property("fix", "did you mean `link-delay`?");
  });
});
