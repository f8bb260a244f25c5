import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { ServiceSpec } from "../rig/node-handle.ts";
import { Service } from "./service.ts";

const UNITS_FILE = "/var/lib/edgeproof/services.json";

/** The node's services, kept on its disk so that a node that was killed comes back by itself. */
export class Supervisor {
  private readonly services = new Map<string, Service>();

  /** Starts what the disk lists, in order. A service that fails does not stop the others, as on a real machine. */
  async boot(): Promise<void> {
    if (!existsSync(UNITS_FILE)) return;
    const units = JSON.parse(readFileSync(UNITS_FILE, "utf8")) as ServiceSpec[];
    for (const spec of units) {
      const service = new Service(spec);
      this.services.set(spec.name, service);
      await service.start().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    }
  }

  async start(spec: ServiceSpec): Promise<void> {
    await this.services.get(spec.name)?.stop();
    const service = new Service(spec);
    this.services.set(spec.name, service);
    this.save();
    await service.start();
  }

  async stop(name: string): Promise<void> {
    const service = this.services.get(name);
    if (!service) return;
    this.services.delete(name);
    this.save();
    await service.stop();
  }

  private save(): void {
    mkdirSync(dirname(UNITS_FILE), { recursive: true });
    const units = [...this.services.values()].map((service) => service.spec);
    writeFileSync(`${UNITS_FILE}.new`, JSON.stringify(units));
    renameSync(`${UNITS_FILE}.new`, UNITS_FILE);
  }
}
