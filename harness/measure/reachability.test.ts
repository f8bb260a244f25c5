import { expect } from "chai";

import { pairReach } from "./reachability.ts";

const OUTPUT = `PING 198.19.0.2 (198.19.0.2) 56(84) bytes of data.
64 bytes from 198.19.0.2: icmp_seq=1 ttl=64 time=4.20 ms
64 bytes from 198.19.0.2: icmp_seq=2 ttl=64 time=0.911 ms
64 bytes from 198.19.0.2: icmp_seq=4 ttl=64 time=1.1 ms
64 bytes from 198.19.0.2: icmp_seq=5 ttl=64 time=1 ms

--- 198.19.0.2 ping statistics ---
5 packets transmitted, 4 received, 20% packet loss, time 804ms
rtt min/avg/max/mdev = 0.911/1.802/4.200/1.385 ms
`;

describe("who reaches whom", () => {
  it("is told by the answered pings, with their median", () => {
    const found = pairReach("a", "b", OUTPUT);
    expect(found).to.deep.equal({
      ...{ from: "a", to: "b", sent: 5, received: 4 },
      ...{ medianMs: 1.05, minMs: 0.911, maxMs: 4.2 },
    });
  });

  it("is nobody where nothing answers, with no round trip made up", () => {
    const silent = "5 packets transmitted, 0 received, 100% packet loss, time 4090ms\n";
    for (const output of [silent, ""])
      expect(pairReach("a", "b", output)).to.deep.equal({ from: "a", to: "b", sent: 5, received: 0 });
  });
});
