import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { agentProgram } from "./wan-process.ts";

/** The real guard of a node's leases, on folders of its own; it runs undo steps in this process's namespaces. */
export class GuardOfLeases {
  private readonly folder: string;
  private nextId = 1;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** It ends by itself, soon after its last lease did. */
  async start(): Promise<void> {
    const paths = {
      folder: join(this.folder, "leases"),
      socket: this.socket,
      agentSocket: join(this.folder, "agent.sock"),
      log: join(this.folder, "guard.log"),
    };
    const [node = "", ...args] = agentProgram();
    const child = spawn(node, [...args, "guard", JSON.stringify(paths)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface({ input: child.stdout }), "line");
  }

  /** As the tester does before it makes a change; resolves when the undo step is on disk. */
  async lease(argv: readonly string[], ttlMs: number): Promise<void> {
    const socket = connect(this.socket);
    const lines = createInterface({ input: socket });
    const undo = { kind: "exec", argv };
    const lease = { id: "lease-of-a-test", fault: "link-delay", what: "links of this machine", undo };
    socket.write(`${JSON.stringify({ id: this.nextId++, op: "lease", lease, ttlMs })}\n`);
    const [line] = (await once(lines, "line")) as [string];
    socket.destroy();
    if (!line.includes('"done"')) throw new Error(`the guard says ${line}`);
  }

  private get socket(): string {
    return join(this.folder, "guard.sock");
  }
}
