import type { KubeConfig } from "@kubernetes/client-node";

import { rigError } from "../../harness/errors.ts";
import type { Lease, NodeHandle } from "../../harness/rig/node-handle.ts";
import type { Machinery } from "./undo-step.ts";

/** What was asked of the machines, in order, and nodes that can be switched off. */
export class FakeMachinery implements Machinery {
  readonly asked: string[] = [];
  readonly off = new Set<string>();
  readonly failing = new Set<string>();
  readonly leases = new Map<string, Omit<Lease, "expiresAt">>();
  renewals = 0;
  readonly kube = {} as KubeConfig;

  readonly power = {
    start: (node: string) => this.ask(`start ${node}`, () => void this.off.delete(node)),
    unpause: (node: string) => this.ask(`unpause ${node}`, () => void this.off.delete(node)),
  };

  machine(name: string): NodeHandle {
    const ask = (what: string, effect: () => void = () => undefined): Promise<void> => {
      if (this.off.has(name))
        return Promise.reject(rigError("NODE_UNREACHABLE", "it is off", { where: name }));
      return this.ask(`${name}: ${what}`, effect);
    };
    const node: Partial<NodeHandle> = {
      name,
      exec: async (argv) => {
        await ask(argv.join(" "));
        return { exitCode: 0, stdout: "", stderr: "" };
      },
      resumeService: (service) => ask(`resume ${service}`),
      restartService: (service) => ask(`restart ${service}`),
      lease: (lease) => ask(`lease ${lease.what}`, () => void this.leases.set(lease.id, lease)),
      renewLeases: () => {
        if (this.off.has(name)) return Promise.reject(rigError("NODE_UNREACHABLE", "it is off"));
        this.renewals++;
        return this.failing.has("renew") ? Promise.reject(new Error("no")) : Promise.resolve();
      },
      releaseLease: (id) =>
        ask(`release ${this.leases.get(id)?.what ?? "?"}`, () => void this.leases.delete(id)),
      forgetLease: (id) =>
        ask(`forget ${this.leases.get(id)?.what ?? "?"}`, () => void this.leases.delete(id)),
      leases: () => {
        if (this.off.has(name)) return Promise.reject(rigError("NODE_UNREACHABLE", "it is off"));
        return Promise.resolve([...this.leases.values()].map((lease) => ({ ...lease, expiresAt: 0 })));
      },
    };
    return node as NodeHandle;
  }

  private ask(what: string, effect: () => void): Promise<void> {
    this.asked.push(what);
    if (this.failing.has(what)) return Promise.reject(new Error(`${what} failed`));
    effect();
    return Promise.resolve();
  }
}
