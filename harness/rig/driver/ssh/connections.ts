import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isAlive } from "../../../toolchain/process-lock.ts";
import { type ConfiguredHost, sshConfig } from "./ssh-config.ts";
import { SshTransport } from "./transport.ts";

const FOLDERS = /^edgeproof-ssh-(\d+)-/;

/** Of processes that were killed: their connections ended with them. */
function sweepDead(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = FOLDERS.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      try {
        rmSync(join(tmpdir(), name), { recursive: true, force: true });
      } catch {
        // Another user's.
      }
  }
}

/**
 * The ways to all machines of one rig, for one process: ssh's configuration and the sockets of its shared connections,
 * in a folder that only this user can look into (short, since a socket's path may have 104 characters only).
 */
export class SshConnections {
  private readonly folder: string;
  private readonly transports: ReadonlyMap<string, SshTransport>;

  constructor(hosts: readonly ConfiguredHost[], knownHosts: string | undefined) {
    sweepDead();
    this.folder = mkdtempSync(join(tmpdir(), `edgeproof-ssh-${process.pid}-`));
    chmodSync(this.folder, 0o700);
    const config = join(this.folder, "config");
    writeFileSync(config, sshConfig(hosts, knownHosts), { mode: 0o600 });
    this.transports = new Map(
      hosts.map((host, index) => [
        host.machine,
        new SshTransport(host, config, join(this.folder, `c${index}`)),
      ]),
    );
  }

  to(machine: string): SshTransport {
    const found = this.transports.get(machine);
    if (!found) throw new Error(`the inventory has no machine ${machine}`);
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([...this.transports.values()].map((transport) => transport.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
