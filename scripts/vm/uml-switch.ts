/**
 * The process in the network namespace of machines that are programs of this host: makes the networks, then passes
 * connections on whose listening socket is the parent's. See `uml-network.ts`.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect, type Server, type Socket } from "node:net";

import { NAT, UML_GATEWAY } from "./rig-recipe.ts";
import { accessCard, type LeadTo, rigCard } from "./uml-network.ts";

const SSH_PORT = 22;

const ip = (...args: string[]): void =>
  void execFileSync("ip", args, { stdio: ["ignore", "ignore", "inherit"] });

function makeNetworks(machines: number, natted: number | undefined): void {
  for (const bridge of ["access", "rig", "home"]) {
    ip("link", "add", bridge, "type", "bridge");
    ip("link", "set", bridge, "up");
  }
  // Segments as large as the host's own stack likes them never arrive: user-mode Linux drops what is above its MTU.
  ip("link", "set", "access", "gso_max_segs", "1");
  ip("address", "add", UML_GATEWAY, "dev", "access");
  for (let index = 0; index < machines; index++)
    for (const [card, bridge] of [
      [accessCard(index), "access"],
      [rigCard(index), index === natted ? "home" : "rig"],
    ] as const) {
      ip("tuntap", "add", "dev", card, "mode", "tap");
      ip("link", "set", card, "master", bridge, "up");
      // The machines reach each other by the network that is a rig's alone.
      if (bridge === "access") ip("link", "set", card, "type", "bridge_slave", "isolated", "on");
    }
}

/** A router with one public address for the one machine at home. */
function makeRouter(): void {
  ip("address", "add", `${NAT.routerOutside}/24`, "dev", "rig");
  ip("address", "add", `${NAT.routerAtHome}/24`, "dev", "home");
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  const rules = `table ip home {
    chain in { type nat hook prerouting priority dstnat; ip daddr ${NAT.public} dnat to ${NAT.home}; }
    chain out { type nat hook postrouting priority srcnat; oifname "rig" ip saddr ${NAT.home} snat to ${NAT.public}; }
  }`;
  execFileSync("nft", ["-f", "-"], { input: rules, stdio: ["pipe", "ignore", "inherit"] });
}

function pass(client: Socket, address: string): void {
  const machine = connect(SSH_PORT, address);
  client.pipe(machine).pipe(client);
  client.on("error", () => machine.destroy());
  machine.on("error", () => client.destroy());
}

const [, , machines, natted] = process.argv;
makeNetworks(Number(machines), natted ? Number(natted) : undefined);
if (natted) makeRouter();
process.on("message", ({ address }: LeadTo, server: Server) => {
  server.on("connection", (client) => pass(client, address));
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
