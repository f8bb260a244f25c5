import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";

import { type BootConfig, boot } from "./boot.ts";
import { asAUnit, GuardLink } from "./guard-link.ts";
import { GUARD_ON_A_NODE, type GuardPaths, serveGuard } from "./guard-process.ts";
import { AGENT_READY, AGENT_SOCKET } from "./protocol.ts";
import { Session } from "./session.ts";
import { Supervisor } from "./supervisor.ts";
import { undoStoredLeases } from "./undo-stored-leases.ts";

/**
 * The program that every machine of a rig runs. `serve` boots the node and supervises its services; `pipe TARGET`
 * joins standard input and output to a unix socket or to a port on the node's loopback, so that the tester reaches
 * the node through the driver's own channel (docker exec, ssh) and no control port is ever opened on a network; `guard`
 * keeps the leases; `undo` undoes those that are left, where neither agent nor guard runs any more.
 */
function serve(): void {
  const config = JSON.parse(process.env.EDGEPROOF_BOOT ?? "{}") as BootConfig;
  boot(config);
  const supervisor = new Supervisor();
  const { guardUnit } = config;
  const guard =
    guardUnit === undefined ? new GuardLink() : new GuardLink(GUARD_ON_A_NODE, asAUnit(guardUnit));
  mkdirSync(dirname(AGENT_SOCKET), { recursive: true, mode: 0o700 });
  rmSync(AGENT_SOCKET, { force: true });
  createServer((socket) => new Session(socket, supervisor, guard)).listen(AGENT_SOCKET, () => {
    chmodSync(AGENT_SOCKET, 0o600);
    process.stdout.write(`${AGENT_READY}\n`);
    void supervisor.boot();
    guard.watch();
  });
  // tini forwards the container's stop signal; the kernel then ends whatever still runs in its PID namespace.
  process.once("SIGTERM", () => void supervisor.shutdown().finally(() => process.exit(0)));
}

function pipe(target: string): void {
  const socket = target.startsWith("unix:")
    ? connect(target.slice(5))
    : connect({ host: "127.0.0.1", port: Number(target.slice(4)) });
  socket.once("error", (error) => {
    process.stderr.write(`${target}: ${error.message}\n`);
    process.exit(1);
  });
  socket.once("close", () => process.exit(0));
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
}

async function undo(folder: string): Promise<void> {
  const failed = await undoStoredLeases(folder);
  for (const what of failed) process.stderr.write(`not undone: ${what}\n`);
  process.exit(failed.length === 0 ? 0 : 1);
}

const [command, target] = process.argv.slice(2);
if (command === "serve") serve();
else if (command === "pipe" && target) pipe(target);
else if (command === "guard") void serveGuard(target ? (JSON.parse(target) as GuardPaths) : GUARD_ON_A_NODE);
else if (command === "undo") void undo(target ?? GUARD_ON_A_NODE.folder);
else {
  process.stderr.write(
    "usage: agent serve | agent guard | agent undo [FOLDER] | agent pipe unix:PATH | agent pipe tcp:PORT\n",
  );
  process.exit(64);
}
