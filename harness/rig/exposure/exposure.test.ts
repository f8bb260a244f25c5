import { expect } from "chai";

import { controlPortsRules } from "../engine/kubernetes/control-ports.ts";
import { isLoopback, parseListeners } from "./listeners.ts";

/** As seen on a node; the name server's sockets are the container engine's. */
const SS = `udp   UNCONN 0      0            0.0.0.0:4242       0.0.0.0:*    users:(("nebula",pid=55,fd=8))
udp   UNCONN 0      0         127.0.0.11:55668      0.0.0.0:*
tcp   LISTEN 0      4096       127.0.0.1:10248      0.0.0.0:*    users:(("kubelet",pid=149,fd=17))
tcp   LISTEN 0      4096               *:10250            *:*    users:(("kubelet",pid=149,fd=15))
tcp   LISTEN 0      4096           [::1]:7000          [::]:*
tcp   LISTEN 0      4096  198.19.0.2%nebula1:20000  0.0.0.0:*    users:(("node",pid=9,fd=3))
`;

describe("what a machine listens on", () => {
  it("is read from ss, with every address, interfaces and IPv6", () => {
    const found = parseListeners(SS).map(({ proto, address, port, process }) =>
      [proto, address, port, process].join(" ").trim(),
    );
    expect(found).to.deep.equal([
      "udp 0.0.0.0 4242 nebula",
      "udp 127.0.0.11 55668",
      "tcp 127.0.0.1 10248 kubelet",
      "tcp * 10250 kubelet",
      "tcp ::1 7000",
      "tcp 198.19.0.2 20000 node",
    ]);
  });

  it("is told apart by whether others can reach it", () => {
    const open = parseListeners(SS).filter((listener) => !isLoopback(listener));
    expect(open.map(({ port }) => port)).to.deep.equal([4242, 10250, 20000]);
  });
});

describe("the rules that close the control ports to the underlay", () => {
  it("let the engine's host alone through to the API server, and nobody to a kubelet", () => {
    const rules = controlPortsRules("198.18.0.1");
    expect(rules).to.contain('iifname != { "lo", "nebula1", "cni0" } tcp dport 10250 drop');
    expect(rules).to.contain("tcp dport 6443 ip saddr != 198.18.0.1 drop");
    expect(controlPortsRules(undefined)).to.match(/tcp dport 6443 drop/);
  });

  it("may be put in place again: what is there is replaced", () => {
    expect(controlPortsRules(undefined)).to.match(
      /^table inet rig-control-ports\ndelete table inet rig-control-ports\n/,
    );
  });
});
