import { type AddressInfo, type Socket, createServer } from "node:net";

import type { NodeHandle } from "../rig/node-handle.ts";

export interface ForwardedPort {
  /** On the tester process's loopback. */
  port: number;
  /** Ends its connections, too. */
  close(): void;
}

/** Reaches a port on a machine's own loopback, through the driver's channel: nothing listens on a network. */
export async function forwardPort(node: NodeHandle, port: number): Promise<ForwardedPort> {
  const open = new Set<Socket>();
  // Half-open, for clients that end their request and then wait for the answer.
  const server = createServer({ allowHalfOpen: true }, (local) => {
    open.add(local);
    local.on("close", () => open.delete(local));
    local.on("error", () => local.destroy());
    node.connect({ port }).then(
      (remote) => {
        if (local.destroyed) return void remote.destroy();
        remote.on("error", () => local.destroy());
        // After a clean end the client still reads; what it sends has nowhere to go.
        remote.on("close", () => (remote.readableEnded ? local.resume() : local.destroy()));
        local.on("close", () => remote.destroy());
        local.pipe(remote).pipe(local);
      },
      () => local.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const close = (): void => {
    server.close();
    for (const local of open) local.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}
