import { appendFileSync, chmodSync, mkdirSync, rmSync, statSync } from "node:fs";
import { type Socket, connect, createServer } from "node:net";
import { dirname } from "node:path";

import { LeaseKeeper } from "./lease-keeper.ts";
import { LeaseStore } from "./lease-store.ts";
import { AGENT_SOCKET, type AgentAnswer, type LeaseRequest, lineSplitter } from "./protocol.ts";
import { runUndo } from "./run-undo.ts";

/** Printed when the guard takes requests. */
export const GUARD_READY = "edgeproof guard ready";
const IDLE_EXIT_MS = 3_000;
const CHECK_MS = 500;

export interface GuardPaths {
  /** Where leases are kept: on the disk, not below /run. */
  folder: string;
  socket: string;
  agentSocket: string;
  log: string;
}

export const GUARD_ON_A_NODE: GuardPaths = {
  folder: "/var/lib/edgeproof/leases",
  socket: "/run/edgeproof/guard.sock",
  agentSocket: AGENT_SOCKET,
  log: "/var/log/edgeproof/guard.log",
};

const isServed = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(socket, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });

async function answer(keeper: LeaseKeeper, request: LeaseRequest): Promise<string | undefined> {
  switch (request.op) {
    case "lease":
      keeper.lease(request.lease, request.ttlMs);
      break;
    case "renew-leases":
      keeper.renew(request.ttlMs);
      break;
    case "release-lease":
      await keeper.release(request.lease);
      break;
    case "forget-lease":
      keeper.forget(request.lease);
      break;
    case "leases":
      return JSON.stringify(keeper.list());
  }
  return undefined;
}

function serve(socket: Socket, keeper: LeaseKeeper): void {
  const send = (message: AgentAnswer): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  };
  const receive = async (line: string): Promise<void> => {
    const request = JSON.parse(line) as LeaseRequest;
    const { id } = request;
    try {
      const list = await answer(keeper, request);
      if (list !== undefined) send({ id, event: "line", line: list });
      send({ id, event: "done" });
    } catch (error) {
      send({ id, event: "error", message: error instanceof Error ? error.message : String(error) });
    }
  };
  const lines = lineSplitter((line) => void receive(line).catch(() => socket.destroy()));
  socket.on("data", (chunk: Buffer) => lines.push(chunk));
  socket.on("error", () => socket.destroy());
}

/**
 * The dead man's switch of a node: a process of its own session that alone keeps the leases, so that they are undone
 * though the agent hangs or was killed. It reads them from the disk, so that it may be killed too: the agent starts it
 * again, as it does at boot. It runs only while there are leases. Two never serve: the second ends at once, and one whose
 * socket was replaced ends by itself.
 */
export async function serveGuard(paths: GuardPaths): Promise<void> {
  if (await isServed(paths.socket)) return;
  for (const path of [paths.socket, paths.log]) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Its reader may be gone, and the disk may be full.
  process.stderr.on("error", () => undefined);
  const say = (line: string): void => {
    const text = `${new Date().toISOString()} guard: ${line}\n`;
    process.stderr.write(text);
    try {
      appendFileSync(paths.log, text);
    } catch {
      // Said on standard error.
    }
  };
  const keeper = new LeaseKeeper({
    store: new LeaseStore(paths.folder),
    undo: ({ undo }) => runUndo(undo, paths.agentSocket),
    say,
  });
  rmSync(paths.socket, { force: true });
  const server = createServer((socket) => serve(socket, keeper));
  await new Promise<void>((resolve) => server.listen(paths.socket, resolve));
  chmodSync(paths.socket, 0o600);
  const { ino } = statSync(paths.socket);
  process.stdout.on("error", () => undefined).write(`${GUARD_READY}\n`);
  let busyAt = performance.now();
  setInterval(() => {
    const own = statSync(paths.socket, { throwIfNoEntry: false })?.ino === ino;
    // Its successor's socket must not be removed: the process just ends.
    if (!own) process.exit(0);
    if (keeper.size > 0) busyAt = performance.now();
    else if (performance.now() - busyAt > IDLE_EXIT_MS) server.close(() => process.exit(0));
  }, CHECK_MS);
}
