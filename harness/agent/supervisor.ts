import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { ServiceSpec, ServiceState } from "../rig/node-handle.ts";
import { removeDurably, writeDurably } from "./durable-file.ts";
import { Service, type ServiceSettings } from "./service.ts";

export interface SupervisorSettings extends ServiceSettings {
  /** The services to start again at boot. */
  unitsFile: string;
  /** An empty file for each service that is not to be started until it is resumed: to resume needs no free space. */
  holdsFolder: string;
}

const ON_A_NODE: SupervisorSettings = {
  unitsFile: "/var/lib/edgeproof/services.json",
  holdsFolder: "/var/lib/edgeproof/held",
  logFolder: "/var/log/edgeproof",
  termGraceMs: 5_000,
};

/** The node's services, kept on its disk so that a node that was killed comes back by itself. */
export class Supervisor {
  private readonly services = new Map<string, Service>();
  private readonly held = new Set<string>();
  private readonly settings: SupervisorSettings;
  private ending = false;

  constructor(settings = ON_A_NODE) {
    this.settings = settings;
  }

  /** Starts what the disk lists, in order. A service that fails does not stop the others, as on a real machine. */
  async boot(): Promise<void> {
    const { unitsFile, holdsFolder } = this.settings;
    if (!existsSync(unitsFile)) return;
    for (const name of existsSync(holdsFolder) ? readdirSync(holdsFolder) : [])
      this.held.add(decodeURIComponent(name));
    const units = JSON.parse(readFileSync(unitsFile, "utf8")) as ServiceSpec[];
    const services = units.map((spec) => new Service(spec, this.settings));
    // All are known before the first is ready: a start asked for meanwhile saves the whole list.
    for (const service of services) this.services.set(service.spec.name, service);
    for (const service of services) {
      const { name } = service.spec;
      if (this.ending || this.services.get(name) !== service || this.held.has(name)) continue;
      await service.start().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    }
  }

  async start(spec: ServiceSpec): Promise<void> {
    await this.services.get(spec.name)?.stop();
    const service = new Service(spec, this.settings);
    this.services.set(spec.name, service);
    this.save();
    this.unhold(spec.name);
    await service.start();
  }

  async stop(name: string): Promise<void> {
    const service = this.services.get(name);
    if (!service) return;
    this.services.delete(name);
    this.save();
    this.unhold(name);
    await service.stop();
  }

  /** As a machine that is shut down: the reverse of the order in which they were started. The disk still lists them. */
  async shutdown(): Promise<void> {
    this.ending = true;
    for (const service of [...this.services.values()].toReversed()) await service.stop();
  }

  async hold(name: string, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const service = this.known(name);
    if (!this.held.has(name)) writeDurably(this.holdFile(name), "");
    this.held.add(name);
    await service.stop(signal);
  }

  async resume(name: string): Promise<void> {
    if (!this.held.has(name)) return;
    this.unhold(name);
    await this.launch(this.known(name).spec);
  }

  /** One that is held starts with its resumption. */
  async restart(name: string): Promise<void> {
    const { spec } = this.known(name);
    if (!this.held.has(name)) await this.launch(spec);
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.known(name).signal(signal);
  }

  states(): ServiceState[] {
    return [...this.services].map(([name, { pid }]) => ({
      ...{ name, held: this.held.has(name) },
      ...(pid === undefined ? {} : { pid }),
    }));
  }

  private known(name: string): Service {
    const service = this.services.get(name);
    if (service) return service;
    throw new Error(
      `there is no service ${name}; there are ${[...this.services.keys()].join(", ") || "none"}`,
    );
  }

  /** A stopped service has closed its log: each start is a new one, in the same place of the order. */
  private async launch(spec: ServiceSpec): Promise<void> {
    const before = this.services.get(spec.name);
    const service = new Service(spec, this.settings);
    this.services.set(spec.name, service);
    await before?.stop();
    await service.start();
  }

  private holdFile(name: string): string {
    return join(this.settings.holdsFolder, encodeURIComponent(name));
  }

  private unhold(name: string): void {
    if (!this.held.delete(name)) return;
    removeDurably(this.holdFile(name));
  }

  private save(): void {
    const units = [...this.services.values()].map((service) => service.spec);
    writeDurably(this.settings.unitsFile, JSON.stringify(units));
  }
}
