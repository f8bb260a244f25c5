import { expect } from "chai";

import { CATALOGUE } from "../../chaos/faults/catalogue.ts";
import { EdgeproofError } from "../errors.ts";
import { parseYaml } from "../config/yaml-file.ts";
import { loadScenario, scenarioNames, scenarioOf, type ScenarioOptions } from "./load-scenario.ts";
import { timelineOf } from "./timeline.ts";

const OBSERVERS = ["overlay", "nodes"];

const scenario = (changes: Record<string, string> = {}, options: Partial<ScenarioOptions> = {}) => {
  const parts: Record<string, string> = {
    load: "{ function: fib, rate: 20 }",
    observe: "[nodes]",
    steady: "{ duration: 10s }",
    fault:
      "{ duration: 20s, faults: [{ fault: node-kill, target: pi4-1, at: 2s, for: 5s, repeat: { every: 8s, times: 2 } }] }",
    healed: "{ duration: 10s, load: { rate: 5 } }",
    objectives: "[{ name: errors, quantity: error-rate, limit: 2%, scope: { phase: healed } }]",
    guard: "{}",
    ...changes,
  };
  const text = [
    "name: lab",
    "description: A question.",
    `load: ${parts.load}`,
    `observe: ${parts.observe}`,
    "phases:",
    `  steady: ${parts.steady}`,
    `  fault: ${parts.fault}`,
    `  healed: ${parts.healed}`,
    `objectives: ${parts.objectives}`,
    `guard: ${parts.guard}`,
  ].join("\n");
  return scenarioOf(parseYaml(text, "lab.yaml"), "lab.yaml", {
    catalogue: CATALOGUE,
    observers: OBSERVERS,
    seed: 1,
    ...options,
  });
};

const failure = (changes: Record<string, string>): EdgeproofError => {
  try {
    scenario(changes);
  } catch (error) {
    if (error instanceof EdgeproofError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("a scenario", () => {
  it("has phases with rates, and half of the cluster as its blast radius unless it says otherwise", () => {
    const { steady, healed, guard } = scenario();
    expect(steady).to.deep.equal({ name: "steady", durationMs: 10_000, rate: 20 });
    expect(healed.rate).to.equal(5);
    expect(guard.maxNodes).to.equal(1);
    expect(scenario({ guard: "{ fraction: 100% }" }).guard.maxNodes).to.equal(3);
  });

  it("has a timeline with every repetition", () => {
    const { fault } = scenario();
    const entries = timelineOf(fault.faults, fault.durationMs);
    expect(entries.map(({ name, startMs, endMs }) => [name, startMs, endMs])).to.deep.equal([
      ["node-kill", 2_000, 7_000],
      ["node-kill-2", 10_000, 15_000],
    ]);
  });

  it("is prefixed in a suite of several, and shortened for a rehearsal", () => {
    const { steady, fault, objectives } = scenario({}, { prefix: "lab-", pace: 0.5 });
    expect(steady).to.deep.include({ name: "lab-steady", durationMs: 5_000 });
    expect(fault.faults[0]).to.deep.include({ atMs: 1_000, forMs: 2_500 });
    expect(objectives[0]).to.deep.include({ name: "lab-errors", scope: { phase: "lab-healed" } });
  });

  it("is refused with the place of what is wrong", () => {
    expect(failure({ observe: "[node]" }).format()).to.include("did you mean `nodes`?");
    expect(failure({ observe: "[node]" }).where).to.equal("lab.yaml:4:11");
    expect(failure({ steady: "{ duration: 10 }" }).where).to.equal("lab.yaml:6:23");
    const late = "[{ name: errors, quantity: error-rate, limit: 2%, scope: { phase: heald } }]";
    expect(failure({ objectives: late }).fix).to.equal("did you mean `healed`?");
    expect(failure({ guard: "{ abort: [{}] }" }).expected).to.include("exactly one of");
  });

  it("that comes with edgeproof has objectives for what it breaks", function () {
    this.timeout(20_000);
    const observers = ["overlay", "outward", "tunnels", "nodes", "pods", "transfer", "api", "exec-logs"];
    for (const name of scenarioNames()) {
      const found = loadScenario(name, { catalogue: CATALOGUE, observers, seed: 1 });
      expect(found.name).to.equal(name);
      const phases = new Set(found.objectives.map(({ scope: { phase } }) => phase));
      expect([...phases], name).to.include.members(["steady", "healed"]);
    }
  });
});
