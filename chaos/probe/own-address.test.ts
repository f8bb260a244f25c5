import { expect } from "chai";

import { ownAddress } from "./own-address.ts";

const card = (address: string, family: "IPv4" | "IPv6" = "IPv4") => ({
  ...{ address, family, netmask: "255.255.255.0", mac: "00:00:00:00:00:00", internal: false, cidr: null },
  ...(family === "IPv6" ? { scopeid: 0 } : {}),
});
const INTERFACES = {
  lo: [card("127.0.0.1")],
  wlan0: [card("192.168.1.9")],
  eth0: [card("fe80::1", "IPv6"), card("10.0.0.5")],
} as Parameters<typeof ownAddress>[1];
const HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT";
const ROUTES = [
  HEAD,
  "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
  "eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0",
  "wlan0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
].join("\n");

describe("a machine's own address", () => {
  const of = (known: string, routes: string) => ownAddress(known, INTERFACES, () => routes);

  it("is the one that others know, where an interface has it", () => {
    expect(of("192.168.1.9", ROUTES)).to.deep.equal({ device: "wlan0", address: "192.168.1.9" });
  });

  it("is that of the best default route behind a NAT", () => {
    expect(of("203.0.113.11", ROUTES)).to.deep.equal({ device: "eth0", address: "10.0.0.5" });
  });

  it("is refused where nothing could arrive", () => {
    expect(() => of("203.0.113.11", HEAD)).to.throw("no interface has 203.0.113.11");
  });
});
