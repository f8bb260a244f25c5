import { expect } from "chai";

import { tunnelLine } from "./nebula-log.ts";

const at = Date.parse("2026-11-24T16:44:29.250Z");
const head = 'time="2026-11-24T16:44:29.250Z" level=info';

describe("a line of Nebula's log", () => {
  it("tells of a dead tunnel in the format of 1.10 and in that of 1.11", () => {
    const logrus = `${head} msg="Tunnel status" certName=pi3-1 localIndex=1 tunnelCheck="map[method:active state:dead]" vpnAddrs="[198.19.0.3]"`;
    const slog = `time=2026-11-24T16:44:29.250Z level=INFO msg="Tunnel status" vpnAddrs=[198.19.0.3] tunnelCheck.state=dead tunnelCheck.method=active`;
    for (const line of [logrus, slog])
      expect(tunnelLine(line)).to.deep.equal({ at, event: "dead", peer: "198.19.0.3" });
  });

  it("counts a handshake once, at the end of its initiator", () => {
    const stage = (n: number, what: string) =>
      `${head} msg="Handshake message ${what}" certName=pi4-1 handshake="map[stage:${n} style:ix_psk0]" vpnAddrs="[198.19.0.2]"`;
    expect(tunnelLine(stage(2, "received"))).to.deep.equal({ at, event: "handshake", peer: "198.19.0.2" });
    for (const line of [stage(1, "sent"), stage(1, "received"), stage(2, "sent")])
      expect(tunnelLine(line)).to.equal(undefined);
    expect(
      tunnelLine(`${head} msg="Handshake message received" handshake.stage=2 vpnAddrs="[198.19.0.2]"`)?.event,
    ).to.equal("handshake");
  });

  it("tells of closed tunnels, handshakes without an answer and machines that roam", () => {
    const event = (message: string) => tunnelLine(`${head} msg="${message}" vpnAddrs="[198.19.0.2]"`)?.event;
    expect(event("Close tunnel received, tearing down.")).to.equal("closed");
    expect(event("Remote certificate is no longer valid, tearing down the tunnel")).to.equal("closed");
    expect(event("Remote certificate is blocked, tearing down the tunnel")).to.equal("closed");
    expect(event("Handshake timed out")).to.equal("timed-out");
    expect(event("Host roamed to new udp ip/port.")).to.equal("roamed");
  });

  it("is about something else", () => {
    for (const line of [
      `${head} msg="Added route" route=10.42.1.0/24`,
      `${head} msg="Tunnel status" state=alive`,
      "",
    ])
      expect(tunnelLine(line)).to.equal(undefined);
  });
});
