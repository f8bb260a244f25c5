import { expect } from "chai";
import { execa } from "execa";

import { controlPortsRules } from "../engine/kubernetes/control-ports.ts";
import type { NodeHandle } from "../node-handle.ts";
import { listenersByOwner } from "./own-listeners.ts";
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
    expect(parseListeners(SS).map(({ pid }) => pid)).to.deep.equal([55, undefined, 149, 149, undefined, 9]);
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

describe("the listeners of a real machine", () => {
  it("are the rig's by program or control group, and else its owner's", async () => {
    const asked: string[][] = [];
    const node = {
      exec: (argv: string[]) => {
        asked.push(argv);
        return Promise.resolve({ stdout: argv[0] === "ss" ? SS : "55\n149\n" });
      },
    } as unknown as NodeHandle;
    const { own, foreign } = await listenersByOwner(node);
    expect(own.map(({ port }) => port)).to.deep.equal([4242, 10248, 10250]);
    expect(foreign.map(({ port }) => port)).to.deep.equal([55668, 7000, 20000]);
    expect(asked[1]?.slice(-3)).to.deep.equal(["55", "149", "9"]);
  });

  it("are asked of the kernel: this process is nobody's rig", async () => {
    const node = {
      exec: async (argv: string[]) =>
        argv[0] === "ss"
          ? { stdout: `tcp LISTEN 0 1 0.0.0.0:80 0.0.0.0:* users:(("node",pid=${process.pid},fd=1))\n` }
          : execa(argv[0]!, argv.slice(1)),
    } as unknown as NodeHandle;
    const { own, foreign } = await listenersByOwner(node);
    expect([own.length, foreign.length]).to.deep.equal([0, 1]);
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
