import { expect } from "chai";
import { parse } from "yaml";

import { nebulaConfig } from "./nebula.ts";

const machines = [
  { name: "cloud-1", role: "server" as const, overlay: "198.19.0.1", subnets: ["10.42.1.0/24"] },
  { name: "pi-1", role: "agent" as const, overlay: "198.19.0.2", subnets: ["10.42.2.0/24"] },
  { name: "tester", role: "tester" as const, overlay: "198.19.0.3", subnets: [] },
];
const lighthouse = { overlay: "198.19.0.1", underlay: "198.18.0.10" };
const configOf = (self: string, relay = false) => parse(nebulaConfig({ self, lighthouse, machines, relay }));

interface Rule {
  port: unknown;
  host: string;
  local_cidr?: string;
}
const inboundOf = (self: string) => configOf(self).firewall.inbound as Rule[];

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

  it("denies by default: no machine takes everything, and the tester takes nothing but pings", () => {
    for (const self of ["cloud-1", "pi-1", "tester"])
      for (const { port, proto, local_cidr } of configOf(self).firewall.inbound)
        expect([port, local_cidr], `${self}: ${proto}`).to.not.deep.equal(["any", "0.0.0.0/0"]);
    expect(configOf("tester").firewall.inbound).to.deep.equal([{ port: "any", proto: "icmp", host: "any" }]);
  });

  it("lets pods through to this machine's pods alone, and out from them", () => {
    const { inbound, outbound } = configOf("pi-1").firewall;
    const pods = (inbound as Rule[]).filter(({ local_cidr }) => local_cidr !== undefined);
    expect(pods).to.deep.equal([{ port: "any", proto: "any", host: "any", local_cidr: "10.42.2.0/24" }]);
    expect(outbound).to.deep.equal([{ port: "any", proto: "any", host: "any", local_cidr: "0.0.0.0/0" }]);
  });

  it("lets the API be asked on the server, and a kubelet by other nodes and not by the tester", () => {
    const hosts = (self: string, wanted: number) =>
      inboundOf(self)
        .filter(({ port }) => port === wanted)
        .map(({ host }) => host);
    expect(hosts("cloud-1", 6443)).to.deep.equal(["any"]);
    expect(hosts("pi-1", 6443)).to.deep.equal([]);
    expect(hosts("pi-1", 10250)).to.deep.equal(["cloud-1"]);
    expect(hosts("cloud-1", 10250)).to.deep.equal(["pi-1"]);
  });

  it("lets flannel's packets in where Nebula does not route pods", () => {
    const bare = machines.map((machine) => ({ ...machine, subnets: [] }));
    const { firewall } = parse(nebulaConfig({ self: "pi-1", lighthouse, machines: bare, relay: false }));
    expect(firewall.inbound).to.deep.include({ port: 8472, proto: "udp", host: "cloud-1" });
    expect(configOf("pi-1").firewall.inbound).to.not.deep.include({
      port: 8472,
      proto: "udp",
      host: "cloud-1",
    });
  });
});
