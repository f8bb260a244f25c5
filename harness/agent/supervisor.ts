import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { ServiceSpec } from "../rig/node-handle.ts";
import { Service, type ServiceSettings } from "./service.ts";

export interface SupervisorSettings extends ServiceSettings {
  /** The services to start again at boot. */
  unitsFile: string;
}

const ON_A_NODE: SupervisorSettings = {
  unitsFile: "/var/lib/edgeproof/services.json",
  logFolder: "/var/log/edgeproof",
  termGraceMs: 5_000,
};

/** The node's services, kept on its disk so that a node that was killed comes back by itself. */
export class Supervisor {
  private readonly services = new Map<string, Service>();
  private readonly settings: SupervisorSettings;

  constructor(settings = ON_A_NODE) {
    this.settings = settings;
  }

  /** Starts what the disk lists, in order. A service that fails does not stop the others, as on a real machine. */
  async boot(): Promise<void> {
    const { unitsFile } = this.settings;
    if (!existsSync(unitsFile)) return;
    const units = JSON.parse(readFileSync(unitsFile, "utf8")) as ServiceSpec[];
    const services = units.map((spec) => new Service(spec, this.settings));
    // All are known before the first is ready: a start asked for meanwhile saves the whole list.
    for (const service of services) this.services.set(service.spec.name, service);
    for (const service of services) {
      if (this.services.get(service.spec.name) !== service) continue;
      await service.start().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    }
  }

  async start(spec: ServiceSpec): Promise<void> {
    await this.services.get(spec.name)?.stop();
    const service = new Service(spec, this.settings);
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
    const { unitsFile } = this.settings;
    mkdirSync(dirname(unitsFile), { recursive: true });
    const units = [...this.services.values()].map((service) => service.spec);
    writeFileSync(`${unitsFile}.new`, JSON.stringify(units));
    renameSync(`${unitsFile}.new`, unitsFile);
  }
}
