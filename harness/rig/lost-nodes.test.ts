import { expect } from "chai";

import { rigError } from "../errors.ts";
import { LostNodes } from "./lost-nodes.ts";
import type { PlannedMachine } from "./rig-plan.ts";
import { TaskGraph } from "./task-graph.ts";

const machine = (name: string, role: PlannedMachine["role"]) => ({ name, role }) as PlannedMachine;
const machines = [
  machine("cloud-1", "server"),
  machine("pi-1", "agent"),
  machine("pi-2", "agent"),
  machine("tester", "tester"),
];
const gone = (name: string) =>
  rigError("NODE_UNREACHABLE", "ssh does not reach it", { where: `node ${name} (192.0.2.1 port 22)` });

describe("a machine that drops out while a rig is brought up", () => {
  it("is gone on without where it is an agent and that was asked for, and is named", () => {
    const said: string[] = [];
    const lost = new LostNodes(machines, true, (line) => said.push(line));
    expect(lost.forgive("kubelet pi-1", gone("pi-1"))).to.equal(true);
    expect([...lost.names]).to.deep.equal(["pi-1"]);
    expect(said).to.deep.equal(["LOST: pi-1: ssh does not reach it; going on without it"]);
    expect([lost.skip("images pi-1"), lost.skip("images pi-2"), lost.skip("kine")]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  it("ends it otherwise: a server, a tester, the last agent, a machine that answers and has something wrong", () => {
    expect(new LostNodes(machines, false, () => undefined).forgive("", gone("pi-1"))).to.equal(false);
    const lost = new LostNodes(machines, true, () => undefined);
    expect(lost.forgive("", gone("cloud-1"))).to.equal(false);
    expect(lost.forgive("", gone("tester"))).to.equal(false);
    expect(lost.forgive("", rigError("NODE_COMMAND_FAILED", "x", { where: "node pi-1" }))).to.equal(false);
    expect(lost.forgive("", gone("pi-1"))).to.equal(true);
    expect(lost.forgive("", gone("pi-2"))).to.equal(false);
  });

  it("is not waited for by the tasks of others", async () => {
    const lost = new LostNodes(machines, true, () => undefined);
    const ran: string[] = [];
    const graph = new TaskGraph();
    graph.add("machine pi-1", [], () => Promise.reject(gone("pi-1")));
    graph.add("kubelet pi-1", ["machine pi-1"], () => Promise.resolve(void ran.push("kubelet pi-1")));
    graph.add("nodes ready", ["kubelet pi-1"], () => Promise.resolve(void ran.push("nodes ready")));
    await graph.run({ skip: lost.skip, forgive: lost.forgive });
    expect(ran).to.deep.equal(["nodes ready"]);
  });
});
