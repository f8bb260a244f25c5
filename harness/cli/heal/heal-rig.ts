import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { CERTIFICATE_FOLDERS } from "../../../chaos/faults/overlay/nebula-cert.ts";
import { TABLE_PREFIX } from "../../../chaos/faults/stream/interception.ts";
import { Journal, readJournal, removeJournal } from "../../../chaos/journal/journal.ts";
import { removeProbeObjects } from "../../../chaos/kube/probe-objects.ts";
import { type ReplayedStep, replayJournal } from "../../../chaos/journal/replay.ts";
import { LOAD_FILES } from "../../load/k6-load.ts";
import { attachRig } from "../../rig/attach-rig.ts";
import { untilNodesReady } from "../../rig/engine/nodes-ready.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import type { RigNode } from "../../rig/driver/rig-node.ts";
import { lives, thisProcess } from "../../rig/process-mark.ts";
import { dropDeadLock, lockRig } from "../../rig/rig-lock.ts";
import { LocalNode } from "../../rig/local/local-node.ts";
import { rigFolder } from "../../rig/rig-state.ts";
import type { Rig } from "../../rig/rig.ts";
import { removeScaleObjects } from "../../session/scale/remove-scale-objects.ts";
import { type InForce, describeInForce, inForce, machineStates, ownTables } from "./in-force.ts";
import { withWanOf } from "../../session/open-wan.ts";
import { messageOf } from "../../errors.ts";

export interface HealedRig {
  rig: string;
  /** What was put back, for people. */
  healed: string[];
  /** What could not be, with the reason. */
  failed: string[];
  /** What is in force afterwards: nothing, or it failed. */
  left: InForce;
}

const NO_ROOM = ["ENOSPC", "EDQUOT", "EROFS"];

/** A full disk must not keep a rig from being healed: then it is healed without a lock. */
function lockIfPossible(rig: string): Disposable | undefined {
  try {
    return lockRig(rig, "heal");
  } catch (error) {
    if (!NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    dropDeadLock(rig);
    return undefined;
  }
}

class Healing {
  readonly healed: string[] = [];
  readonly failed: string[] = [];
  private readonly rig: Rig;

  constructor(rig: Rig) {
    this.rig = rig;
  }

  /** Whatever becomes of one step, the next is tried. `work` says what it did; nothing where there was nothing to do. */
  private async attempt(what: string, work: () => Promise<string | undefined>): Promise<void> {
    try {
      const done = await work();
      if (done !== undefined) this.healed.push(done);
    } catch (error) {
      this.failed.push(`${what}: ${messageOf(error)}`);
    }
  }

  private step(what: string, work: () => Promise<void>): Promise<void> {
    return this.attempt(what, async () => {
      await work();
      return what;
    });
  }

  /** First of all: a machine that is off or frozen can undo nothing. */
  async powerOn(): Promise<void> {
    const { power } = this.rig.parts.driver;
    const states = await machineStates(this.rig);
    await Promise.all(
      [...states].map(async ([name, state]) => {
        if (state === "paused") await this.step(`unfroze ${name}`, () => power.unpause(name));
        if (state === "off") await this.step(`switched ${name} on`, () => power.start(name));
        if (state === "gone") this.failed.push(`${name} is gone: take the rig down and bring it up again`);
      }),
    );
  }

  /** A journal that cannot be read costs its power and scale steps; the leases are on the nodes. */
  async replay(): Promise<void> {
    await this.replayEntries().catch((error: unknown) => this.failed.push(messageOf(error)));
  }

  private async replayEntries(): Promise<void> {
    const folder = rigFolder(this.rig.name);
    const left = readJournal(folder);
    const dead = left.filter(({ run }) => !lives(run));
    if (left.length === 0) removeJournal(folder);
    if (dead.length === 0) return;
    const kube = loadKubeconfig(this.rig.kubeconfig);
    const { power } = this.rig.parts.driver;
    const machinery = { machine: (name: string) => this.rig.node(name), power, kube };
    const journal = openIfPossible(folder);
    const steps = await replayJournal(dead, machinery, ({ id }) => journal?.done(id));
    journal?.close();
    for (const { entry, error } of steps)
      if (error) this.failed.push(`${entry.fault}: ${entry.what}: ${error.message}`);
      else this.healed.push(`${entry.fault}: ${entry.what}`);
    if (
      !journal &&
      steps.every(({ error }: ReplayedStep) => !error) &&
      readJournal(folder).length === dead.length
    )
      removeJournal(folder);
  }

  /** What a node still has of its own, though no journal tells of it. */
  async sweep(node: RigNode): Promise<void> {
    const { name } = node;
    for (const { id, fault, what } of (await node.leases()).toReversed())
      await this.step(`lease on ${name}: ${fault}: ${what}`, () => node.releaseLease(id));
    for (const { name: service, held, pid } of await node.services()) {
      if (held) await this.step(`resumed ${service} on ${name}`, () => node.resumeService(service));
      // Proxies of stream faults are of no use without their run.
      if (service.startsWith(TABLE_PREFIX) && pid !== undefined)
        await this.step(`stopped ${service} on ${name}`, () => node.stopService(service));
    }
    for (const table of await ownTables(node))
      await this.step(`removed nft table ${table} on ${name}`, async () => {
        await node.exec(["nft", "delete", "table", ...table.split(" ")]);
      });
  }

  /** Processes, scripts and results of a load that was killed. */
  async sweepLoads(): Promise<void> {
    const { tester } = this.rig;
    if (tester instanceof LocalNode)
      for (const ended of tester.endLeft()) this.healed.push(`ended ${ended} on this machine`);
    const folder = dirname(LOAD_FILES);
    const argv = ["find", folder, "-maxdepth", "1", "-name", `${basename(LOAD_FILES)}*`, "-print", "-delete"];
    await this.attempt(`files of loads on ${tester.name}`, async () => {
      const files = (await tester.exec(argv)).stdout.split("\n").filter(Boolean);
      return files.length > 0 ? `removed ${files.length} files of loads from ${tester.name}` : undefined;
    });
  }

  /** Keys that a killed run was just making certificates for. */
  sweepFolder(): void {
    const folder = rigFolder(this.rig.name);
    const left = readdirSync(folder).filter((name) => name.startsWith(CERTIFICATE_FOLDERS));
    for (const name of left) {
      rmSync(join(folder, name), { recursive: true, force: true });
      this.healed.push(`removed ${name} with its keys from the rig's folder`);
    }
  }

  async sweepCluster(): Promise<void> {
    // What a run made on a cluster that others use is in a namespace of the rig's own.
    if (this.rig.parts.driver.kind === "cluster") return;
    await this.attempt("objects of probes in the cluster", async () => {
      const count = await removeProbeObjects(loadKubeconfig(this.rig.kubeconfig));
      return count > 0 ? `removed ${count} objects of probes from the cluster` : undefined;
    });
    await this.attempt("simulated nodes in the cluster", async () => {
      const count = await removeScaleObjects(loadKubeconfig(this.rig.kubeconfig));
      return count > 0 ? `removed ${count} simulated nodes and pods from the cluster` : undefined;
    });
  }

  async sweepAll(): Promise<void> {
    await Promise.all(
      this.rig.answering.map((node) =>
        this.sweep(node).catch((error: unknown) => this.failed.push(`${node.name}: ${messageOf(error)}`)),
      ),
    );
  }

  /** Undone is not yet healed: services come up one after the other, and the cluster takes its nodes back. */
  async settle(): Promise<void> {
    if (this.healed.length === 0) return;
    const { rig } = this;
    const names = rig.clusterNodes.map(({ name }) => name);
    try {
      await untilNodesReady(rig.kubeconfig, names);
    } catch (error) {
      this.failed.push(messageOf(error));
    }
  }

  async clearWan(): Promise<void> {
    await Promise.all(this.rig.wanHosts.map((host) => this.clearWanOf(host)));
  }

  private async clearWanOf(host: RigNode): Promise<void> {
    const links = await withWanOf(host, (wan) => wan.inForce()).catch(() => undefined);
    if (links?.length === 0) return;
    // An engine that died is the rig's to start again; it passes packets unimpaired then.
    if (links === undefined)
      await this.step(`started the WAN engine of ${host.name} again`, () => host.restartService("wan"));
    else
      await this.step(`cleared ${links.length} impaired WAN directions on ${host.name}`, () =>
        withWanOf(host, (wan) => wan.clear()),
      );
  }
}

const openIfPossible = (folder: string): Journal | undefined => {
  try {
    return Journal.resume(folder, thisProcess());
  } catch (error) {
    if (NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
};

/**
 * Puts a rig that is up back to what it was before faults: machines on, the journal backwards, then what is still to be
 * seen of faults on machines and WAN. Any number of times. What it did is verified by looking again.
 * @throws EdgeproofError where a living process uses the rig.
 */
export async function healRig(name: string): Promise<HealedRig> {
  using _lock = lockIfPossible(name);
  const rig = await attachRig(name);
  try {
    const healing = new Healing(rig);
    await healing.powerOn();
    await healing.replay();
    await healing.sweepAll();
    await healing.sweepLoads();
    await healing.clearWan();
    await healing.settle();
    await healing.sweepCluster();
    healing.sweepFolder();
    const left = await inForce(rig);
    const { healed, failed } = healing;
    const seen = describeInForce(left).filter((line) => !failed.some((known) => line.includes(known)));
    return { rig: name, healed, failed: [...failed, ...seen.map((line) => `still there: ${line}`)], left };
  } finally {
    await rig.disconnect();
  }
}
