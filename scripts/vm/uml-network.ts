import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

import { rigError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import { NAT, rigHardware } from "./rig-recipe.ts";

/** What `uml-switch.ts` is told: where connections of the server that comes with it lead. */
export interface LeadTo {
  address: string;
}

/**
 * Networks of machines that are programs of this host: one by which it reaches them, one that they share, in a namespace of
 * their own that goes with the process in it, and that with this one.
 */
export class UmlNetwork implements AsyncDisposable {
  private readonly child: ChildProcess;
  private readonly natted: number | undefined;

  /** @param natted index of the machine that is behind a NAT */
  static async open(machines: number, natted?: number): Promise<UmlNetwork> {
    const network = new UmlNetwork(machines, natted);
    const { child } = network;
    let complaints = "";
    child.stderr?.on("data", (chunk) => (complaints += String(chunk)));
    const ended = once(child, "close").then(() => {
      throw rigError("VM_NETWORK", "the machines' networks could not be made", {
        expected: "root, /dev/net/tun and the kernel's bridge",
        cause: new Error(complaints.slice(-1000)),
      });
    });
    await Promise.race([once(child, "message"), ended]);
    // Its later end is not an error.
    ended.catch(() => undefined);
    return network;
  }

  private constructor(machines: number, natted: number | undefined) {
    this.natted = natted;
    const program = [process.execPath, "--import", "tsx", projectFile("scripts/vm/uml-switch.ts")];
    this.child = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "unshare", "--net", ...program, String(machines), String(natted ?? "")],
      {
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        detached: true,
      },
    );
  }

  /** What a program's arguments begin with to be run where the networks are. */
  get inside(): readonly string[] {
    return ["nsenter", `--net=/proc/${this.child.pid}/ns/net`];
  }

  /** Hardware address of the machine's `rigCard`, by which a machine knows which address is its own. */
  hardware(index: number): string {
    return index === this.natted ? NAT.hardware : rigHardware(index);
  }

  /** Resolves with a port of the loopback by which this host reaches ssh's port of an address there. */
  async leadTo(address: string): Promise<number> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const message: LeadTo = { address };
    await new Promise<void>((resolve, reject) =>
      this.child.send(message, server, (error) => (error ? reject(error) : resolve())),
    );
    // Open in the other process.
    server.close();
    return port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  }
}

export const accessCard = (index: number): string => `access${index}`;
export const rigCard = (index: number): string => `rig${index}`;
