import { expect } from "chai";

import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { parseYaml } from "../config/yaml-file.ts";
import { inventoryOf } from "./inventory.ts";
import { loadTopology } from "../config/load.ts";
import { readFaults } from "./read-faults.ts";
import { scenarioSchema } from "./schema.ts";

const inventory = inventoryOf(loadTopology("overlay"));
const schema = scenarioSchema.shape.phases.shape.fault.shape.faults;

/** Reads the faults of a scenario's text; places count from the line after `faults:`. */
function read(yaml: string, seed = 1) {
  const indented = yaml
    .trim()
    .split("\n")
    .map((line) => `      ${line}`);
  const file = parseYaml(["phases:", "  fault:", "    faults:", ...indented].join("\n"), "lab.yaml");
  const value = file.value as { phases: { fault: { faults: unknown } } };
  const inputs = schema.parse(value.phases.fault.faults);
  return readFaults(file, inputs, {
    inventory,
    catalogue: CATALOGUE,
    seed,
    fn: "hello-world",
    durationMs: 60_000,
  });
}

describe("reading the faults of a scenario", () => {
  it("takes every example of the catalogue", () => {
    for (const { name, example } of CATALOGUE)
      expect(read(example).problems, `${name}: ${example}`).to.deep.equal([]);
  });

  it("numbers faults of one kind, and keeps names that were given", () => {
    const { faults } = read(`
- { fault: link-partition, target: { from: pi4-1 }, for: 5s }
- { fault: link-partition, target: { from: pi3-1 }, at: 10s }
- { fault: node-kill, name: off, target: pi3-1 }`);
    expect(faults.map(({ name }) => name)).to.deep.equal(["link-partition", "link-partition-2", "off"]);
    expect(faults[0]).to.deep.include({ atMs: 0, forMs: 5_000 });
    expect(faults[1]).to.deep.include({ atMs: 10_000, forMs: undefined });
  });

  it("tells of every mistake where it is written, with what was meant", () => {
    const { problems } = read(`
- { fault: link-dealy, target: { from: pi4-1 } }
- { fault: link-delay, target: { from: pi41 }, delay: 5 }
- { fault: node-kill, target: { class: pi5 }, force: true }
- { fault: link-partition, target: { form: pi4-1 } }`);
    expect(problems.map(({ where, message, fix }) => [where, message, fix])).to.deep.equal([
      ["lab.yaml:4:18", "there is no fault `link-dealy`", "did you mean `link-delay`?"],
      ["lab.yaml:5:61", "`delay` is `5`", "write `5us` or `5ms` or `5s` or `5m`"],
      ["lab.yaml:5:46", "there is no machine `pi41`", "did you mean `pi4-1`?"],
      ["lab.yaml:6:53", "unknown key `force`", "remove it"],
      ["lab.yaml:6:46", "there is no device class `pi5`", "did you mean `pi4`?"],
      ["lab.yaml:7:44", "unknown key `form`", "did you mean `from`?"],
    ]);
  });

  it("refuses times that the phase has no room for", () => {
    const { problems } = read(`
- { fault: link-partition, target: { from: pi4-1 }, at: 50s, for: 20s }
- { fault: link-partition, target: { from: pi4-1 }, for: 5s, repeat: { every: 4s, times: 3 } }
- { fault: link-partition, target: { from: pi4-1 }, repeat: { every: 4s, times: 3 } }
- { fault: link-partition, target: { from: pi4-1 }, at: 60s }`);
    expect(problems.map(({ message }) => message)).to.deep.equal([
      "the fault ends 70.0 s after the phase began, which takes 60.0 s",
      "the fault begins again before it has ended",
      "`repeat` has no `for`",
      "the fault begins after the phase",
    ]);
  });

  it("has a seed choose, and says what it chose", () => {
    const [fault] = read("- { fault: node-kill, target: { role: agent, count: 1 } }", 3).faults;
    expect(fault?.chosen).to.match(/^pi[34]-1 of 2 machines, by the seed$/);
    const again = read("- { fault: node-kill, target: { role: agent, count: 1 } }", 3).faults[0];
    expect(again?.target).to.deep.equal(fault?.target);
  });

  it("gives a fault of the whole rig no target", () => {
    expect(read("- { fault: lighthouse-down, target: pi4-1 }").problems[0]?.fix).to.equal("remove `target:`");
  });
});
