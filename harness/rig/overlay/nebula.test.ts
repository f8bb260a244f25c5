import { expect } from "chai";
import { parse } from "yaml";

import { nebulaConfig } from "./nebula.ts";

const machines = [
  { name: "cloud-1", overlay: "198.19.0.1", subnets: ["10.42.1.0/24"] },
  { name: "pi-1", overlay: "198.19.0.2", subnets: ["10.42.2.0/24"] },
  { name: "tester", overlay: "198.19.0.3", subnets: [] },
];
const lighthouse = { overlay: "198.19.0.1", underlay: "198.18.0.10" };
const configOf = (self: string) => parse(nebulaConfig({ self, lighthouse, machines }));

describe("nebula configuration", () => {
  it("makes the lighthouse of the machine that has its address, and the others ask it", () => {
    expect(configOf("cloud-1").lighthouse).to.include({ am_lighthouse: true });
    expect(configOf("pi-1").lighthouse).to.deep.include({ am_lighthouse: false, hosts: ["198.19.0.1"] });
    expect(configOf("pi-1").static_host_map).to.deep.equal({ "198.19.0.1": ["198.18.0.10:4242"] });
  });

  it("routes every other node's pods through that node, and not its own", () => {
    expect(configOf("pi-1").tun.unsafe_routes).to.deep.equal([{ route: "10.42.1.0/24", via: "198.19.0.1" }]);
  });

  it("lets pod traffic through by covering addresses beyond the node's own", () => {
    for (const rule of [...configOf("pi-1").firewall.inbound, ...configOf("pi-1").firewall.outbound])
      expect(rule.local_cidr).to.equal("0.0.0.0/0");
  });
});
