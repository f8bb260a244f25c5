import { expect } from "chai";
import { parse } from "yaml";

import { nebulaConfig } from "./nebula.ts";

const machines = [
  { name: "cloud-1", overlay: "198.19.0.1", subnets: ["10.42.1.0/24"] },
  { name: "pi-1", overlay: "198.19.0.2", subnets: ["10.42.2.0/24"] },
  { name: "tester", overlay: "198.19.0.3", subnets: [] },
];
const lighthouse = { overlay: "198.19.0.1", underlay: "198.18.0.10" };
const configOf = (self: string, relay = false) => parse(nebulaConfig({ self, lighthouse, machines, relay }));

describe("nebula configuration", () => {
  it("makes the lighthouse of the machine that has its address, and the others ask it", () => {
    expect(configOf("cloud-1").lighthouse).to.include({ am_lighthouse: true });
    expect(configOf("pi-1").lighthouse).to.deep.include({ am_lighthouse: false, hosts: ["198.19.0.1"] });
    expect(configOf("pi-1").static_host_map).to.deep.equal({ "198.19.0.1": ["198.18.0.10:4242"] });
  });

  it("makes the lighthouse the relay of all others where there shall be one, and of none otherwise", () => {
    expect(configOf("cloud-1", true).relay).to.deep.equal({ am_relay: true });
    expect(configOf("pi-1", true).relay).to.deep.equal({ relays: ["198.19.0.1"], use_relays: true });
    expect(configOf("cloud-1").relay).to.deep.equal({ am_relay: false });
    expect(configOf("pi-1").relay).to.deep.equal({ relays: [], use_relays: false });
  });

  it("leaves packets as they are: no offload may turn the loss of one into a burst", () => {
    for (const { listen, tun } of [configOf("cloud-1"), configOf("pi-1")])
      expect([listen.udp_offloads, tun.use_offloads]).to.deep.equal([false, false]);
  });

  it("routes every other node's pods through that node, and not its own", () => {
    expect(configOf("pi-1").tun.unsafe_routes).to.deep.equal([{ route: "10.42.1.0/24", via: "198.19.0.1" }]);
  });

  it("lets pod traffic through by covering addresses beyond the node's own", () => {
    for (const rule of [...configOf("pi-1").firewall.inbound, ...configOf("pi-1").firewall.outbound])
      expect(rule.local_cidr).to.equal("0.0.0.0/0");
  });
});
