import { type AddressInfo, createServer } from "node:net";

import type { NodeHandle } from "../rig/node-handle.ts";

export interface ForwardedPort {
  /** On the tester process's loopback. */
  port: number;
  close(): void;
}

/** Reaches a port on a machine's own loopback, through the driver's channel: nothing listens on a network. */
export async function forwardPort(node: NodeHandle, port: number): Promise<ForwardedPort> {
  const server = createServer((local) => {
    local.on("error", () => local.destroy());
    node.connect({ port }).then(
      (remote) => {
        remote.on("error", () => local.destroy());
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
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
