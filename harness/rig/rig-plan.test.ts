import { isIPv4 } from "node:net";

import { expect } from "chai";

import { loadClasses, loadTopology } from "../config/load.ts";
import { OVERLAY_PREFIX } from "../config/nebula-layout.ts";
import * as addresses from "./addresses.ts";
import { LABEL_CLASS, LABEL_NODE_ROLE, LABEL_SITE } from "./node-labels.ts";
import { TESTER, planMachines } from "./rig-plan.ts";

const ofNet = (cidr: string): [number, number] => {
  const [address = "", bits = "32"] = cidr.split("/");
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(bits));
  return [number - (number % size), number - (number % size) + size - 1];
};
const within = (inner: string, outer: string): boolean =>
  ofNet(inner)[0] >= ofNet(outer)[0] && ofNet(inner)[1] <= ofNet(outer)[1];
const apart = (a: string, b: string): boolean => ofNet(a)[1] < ofNet(b)[0] || ofNet(b)[1] < ofNet(a)[0];

describe("the plan of a rig's machines", () => {
  const classes = loadClasses();
  const topology = loadTopology("five-nodes");

  it("has the topology's nodes in their order, then the tester, each with an overlay address of its own", () => {
    const machines = planMachines(topology, classes, true);
    expect(machines.map(({ name }) => name)).to.deep.equal([
      ...topology.nodes.map(({ name }) => name),
      TESTER,
    ]);
    const overlay = machines.map((machine) => machine.overlay);
    expect(new Set(overlay).size).to.equal(machines.length);
    for (const address of overlay) expect(isIPv4(address)).to.equal(true);
    expect(planMachines(topology, classes, true)).to.deep.equal(machines);
  });

  it("has as many testers as the topology says, before a dedicated lighthouse", () => {
    const overlay = { ...loadTopology("overlay"), testers: 3 };
    const machines = planMachines(overlay, classes, false);
    expect(machines.slice(-4).map(({ name, role, site }) => [name, role, site])).to.deep.equal([
      ["tester", "tester", "tester"],
      ["tester-2", "tester", "tester"],
      ["tester-3", "tester", "tester"],
      ["lighthouse-1", "lighthouse", "lighthouse"],
    ]);
    expect(new Set(machines.map((machine) => machine.overlay)).size).to.equal(machines.length);
  });

  it("gives each node the pod network that the cluster knows it by, where the overlay routes pods", () => {
    const machines = planMachines(topology, classes, true).filter(({ role }) => role !== "tester");
    const subnets = machines.flatMap((machine) => machine.subnets);
    expect(subnets).to.deep.equal(machines.map((_, index) => addresses.podCidr(index + 1)));
    expect(new Set(subnets).size).to.equal(machines.length);
    const none = planMachines(topology, classes, false).flatMap((machine) => machine.subnets);
    expect(none).to.deep.equal([]);
  });

  it("adds a dedicated lighthouse after the tester, so that the others keep their addresses", () => {
    const overlay = { lighthouse: "dedicated", relay: false } as const;
    const machines = planMachines({ ...topology, overlay }, classes, true);
    expect(machines.slice(0, -1)).to.deep.equal(planMachines(topology, classes, true));
    expect(machines.at(-1)).to.deep.include({
      name: "lighthouse-1",
      role: "lighthouse",
      labels: {},
      subnets: [],
    });
  });

  it("labels nodes with site, class and role, and keeps the tester out of the cluster", () => {
    const machines = planMachines(topology, classes, true);
    for (const [index, { site, deviceClass, role }] of topology.nodes.entries())
      expect(machines[index]?.labels).to.include({
        [LABEL_SITE]: site,
        [LABEL_CLASS]: deviceClass,
        [LABEL_NODE_ROLE]: role,
      });
    expect(machines.at(-1)).to.deep.include({ role: "tester", labels: {}, subnets: [], limits: undefined });
  });

  it("limits machines to their class when limits are to emulate it, and only then", () => {
    const limits = (emulation: "none" | "limits") =>
      planMachines({ ...topology, emulation }, classes, true).map((machine) => machine.limits);
    expect(limits("none").filter(Boolean)).to.deep.equal([]);
    const wanted = topology.nodes.map(({ deviceClass }) => {
      const { cpus, memoryMiB } = classes.get(deviceClass)!;
      return { cpus, memoryMiB };
    });
    expect(limits("limits")).to.deep.equal([...wanted, undefined]);
  });
});

describe("the address plan", () => {
  const overlayNet = `${addresses.overlayAddress(0)}/${OVERLAY_PREFIX}`;

  it("keeps overlay, pods and services apart, the overlay within the benchmarking block", () => {
    const nets = [overlayNet, addresses.POD_CIDR, addresses.SERVICE_CIDR];
    for (const a of nets) for (const b of nets) if (a !== b) expect(apart(a, b), `${a} ${b}`).to.equal(true);
    expect(within(overlayNet, "198.18.0.0/15")).to.equal(true);
  });

  it("has every node's pods in the pods' network and the well-known services in the services'", () => {
    for (const index of [1, 2, 100])
      expect(within(addresses.podCidr(index), addresses.POD_CIDR)).to.equal(true);
    for (const ip of [addresses.API_SERVICE_IP, addresses.DNS_SERVICE_IP])
      expect(within(`${ip}/32`, addresses.SERVICE_CIDR)).to.equal(true);
  });
});
