import { cpus } from "node:os";

import type { LinkFault } from "../../../chaos/faults/link-fault.ts";
import { JournalGuard } from "../../../chaos/journal/journal-guard.ts";
import { Journal } from "../../../chaos/journal/journal.ts";
import type { WanHandle } from "../../../chaos/wan/wan-handle.ts";
import { NEBULA_INTERFACE } from "../../config/nebula-layout.ts";
import { messageOf, rigError } from "../../errors.ts";
import { edgeproofVersion } from "../../project.ts";
import { ApiRequests } from "../../rig/kube/api-request.ts";
import { applyAll } from "../../rig/kube/apply.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { thisProcess } from "../../rig/process-mark.ts";
import type { Rig } from "../../rig/rig.ts";
import { SCALE_SCHEMA, type ScaleRun, type ScaleStep } from "../../scale/model.ts";
import { guardRail } from "../../scale/outcome.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import { faultRig } from "../fault-rig.ts";
import { openWan } from "../open-wan.ts";
import { Census } from "./census.ts";
import { SCALE_FAULT, startKwok } from "./kwok.ts";
import { measureSize } from "./measure-size.ts";
import { profileInForce } from "./profile-in-force.ts";
import { removeScaleObjects } from "./remove-scale-objects.ts";
import { SCALE_NAMESPACE, scaleNamespace, supportObjects } from "./scale-objects.ts";

const API_LIMIT_MS = 60_000;
/** Docker's and most machines' first interface. */
const UNDERLAY_INTERFACE = "eth0";
const CONNECTIONS = 32;

export interface ScaleOptions {
  /** Sizes, ascending. */
  steps: readonly number[];
  podsPerNode: number;
  windowMs: number;
  podsPerSecond: number;
  /** Network profile between all machines; `lcl`: none. */
  profile: string;
  /** Machine on which kwok runs. */
  from: string;
  /** Leave nothing on the rig; false where it is taken down anyway. */
  cleanUp: boolean;
  signal: AbortSignal;
  say: (message: string) => void;
  toolchain: ToolchainOptions;
  /** After every size. */
  onStep: (run: ScaleRun) => void;
}

/** One run on one rig. */
class Scaling {
  private readonly rig: Rig;
  private readonly options: ScaleOptions;
  private readonly wan: WanHandle;
  private readonly guard: JournalGuard;
  private readonly api: ApiRequests;
  private readonly began = performance.now();
  private fault: LinkFault | undefined;
  private census: Census | undefined;
  readonly run: ScaleRun;

  constructor(rig: Rig, options: ScaleOptions, wan: WanHandle) {
    this.rig = rig;
    this.options = options;
    this.wan = wan;
    const { engine } = rig.parts;
    const { steps, podsPerNode, windowMs, podsPerSecond, profile, from } = options;
    this.run = {
      schema: SCALE_SCHEMA,
      ...{ rig: rig.name, topology: rig.topology.name, engine: `${engine.name} ${engine.version}` },
      ...{ wanBackend: wan.backend, profile, from, server: rig.entry.name },
      ...{
        startedAt: Date.now(),
        tookMs: 0,
        versions: { edgeproof: edgeproofVersion(), node: process.version },
      },
      asked: {
        ...{ steps: [...steps], podsPerNode, windowMs, podsPerSecond },
        leaseSeconds: rig.topology.cluster.nodeMonitorGracePeriodSeconds,
      },
      ...{ steps: [], troubles: [] },
    };
    const machinery = faultRig(rig);
    this.guard = new JournalGuard({
      ...{ journal: Journal.begin(machinery.folder, thisProcess()), machinery },
      onTrouble: (what) => this.trouble(what),
    });
    wan.onDeath((error) => this.trouble(`the WAN engine died: ${error.message}`));
    this.api = new ApiRequests(loadKubeconfig(rig.kubeconfig), API_LIMIT_MS, CONNECTIONS);
  }

  private trouble(what: string): void {
    this.run.troubles.push(what);
    this.options.say(`TROUBLE: ${what}`);
  }

  private get from(): NodeHandle {
    return this.rig.node(this.options.from);
  }

  private async prepare(): Promise<Census> {
    const { rig, options, api, guard } = this;
    const { profile, say, toolchain, signal } = options;
    if ((await api.send({ method: "GET", path: `/api/v1/namespaces/${SCALE_NAMESPACE}` })).status !== 404)
      throw rigError(
        "RIG_NOT_HEALED",
        "objects of a run of `edgeproof scale` that was killed are still there",
        {
          where: `namespace ${SCALE_NAMESPACE}`,
          fix: "run `edgeproof heal`, then try again",
        },
      );
    await applyAll(api, [scaleNamespace()]);
    await applyAll(api, supportObjects());
    if (profile !== "lcl" || rig.topology.links.length > 0) {
      say(`putting profile ${profile} in force between all machines`);
      this.fault = await profileInForce(rig, { wan: this.wan, guard, profile });
    }
    const { leaseSeconds } = this.run.asked;
    const kwok = { rig, node: this.from, guard, api, leaseSeconds, toolchain: { ...toolchain, signal } };
    this.run.versions.kwok = await startKwok(kwok);
    say(`kwok runs on ${options.from}: heartbeats of all nodes cross its link`);
    return (this.census = await Census.begin(loadKubeconfig(rig.kubeconfig)));
  }

  private lineOf({ nodes, podStart, processes, leasesPerSecond, host, ownShare }: ScaleStep): string {
    const cores = processes
      .filter(({ machine, name }) => machine === this.run.server && name !== "kwok")
      .reduce((sum, one) => sum + one.cores, 0);
    const start = podStart.value === null ? "?" : `${Math.round(podStart.value)} ms`;
    return `${nodes} nodes: server ${cores.toFixed(2)} cores, ${leasesPerSecond.toFixed(1)} leases/s, pod start p99 ${start}, host ${Math.round(host.cpuBusy * 100)} % busy (${Math.round(ownShare * 100)} % by the rig)`;
  }

  /** Grows step by step until the last, a guard rail, or trouble. */
  async carryOut(): Promise<void> {
    const { steps, podsPerNode, windowMs, podsPerSecond, signal, say, onStep, from } = this.options;
    const census = await this.prepare();
    const roles = {
      ...{ from, overlayInterface: NEBULA_INTERFACE, underlayInterface: UNDERLAY_INTERFACE },
      cores: cpus().length,
    };
    const machines = [...this.rig.parts.nodes.values()];
    let there = 0;
    for (const nodes of steps) {
      say(`growing from ${there} to ${nodes} nodes`);
      const step = await measureSize({
        ...{ nodes, from: there, podsPerNode, windowMs, podsPerSecond, signal, census, roles, machines },
        api: this.api,
        onTrouble: (what) => this.trouble(what),
      });
      there = nodes;
      if (!step) return;
      this.run.steps.push(step);
      say(this.lineOf(step));
      this.run.tookMs = performance.now() - this.began;
      onStep(this.run);
      const stopped = nodes === steps.at(-1) ? undefined : guardRail(step);
      if (stopped !== undefined) {
        this.run.stopped = stopped;
        return say(`growing no further: ${stopped}`);
      }
    }
  }

  /** Puts everything back; each part is tried whatever becomes of the others. */
  async close(): Promise<void> {
    const { cleanUp, say, signal } = this.options;
    const attempt = async (what: string, work: () => Promise<unknown> | undefined): Promise<void> => {
      try {
        await work();
      } catch (error) {
        this.trouble(`${what}: ${messageOf(error)}`);
      }
    };
    this.census?.stop();
    await attempt("kwok was not stopped", () => this.guard.revert(SCALE_FAULT));
    if (cleanUp) {
      say("removing the simulated nodes and pods");
      await attempt("the cluster was not cleaned", () =>
        removeScaleObjects(loadKubeconfig(this.rig.kubeconfig)),
      );
    }
    await attempt("the profile was not healed", () => this.fault?.heal());
    if (!signal.aborted)
      await attempt("the profile was not proved", async () => {
        const receipt = await this.fault?.verify();
        if (receipt?.held === false)
          this.trouble(`profile ${this.run.profile} did not hold: ${receipt.reasons.join("; ")}`);
      });
    await attempt("not all changes were put back", () => this.guard.close());
    await this.wan.close();
    this.run.tookMs = performance.now() - this.began;
  }
}

/** Grows a cluster by simulated nodes on the rig's real API server, and measures what that costs. */
export async function scaleRig(rig: Rig, options: ScaleOptions): Promise<ScaleRun> {
  const wan = await openWan(rig);
  const scaling = new Scaling(rig, options, wan);
  let failure: { error: unknown } | undefined;
  try {
    await scaling.carryOut();
  } catch (error) {
    failure = { error };
  }
  await scaling.close();
  if (failure && scaling.run.steps.length === 0) throw failure.error;
  // What was measured before is worth keeping.
  if (failure) scaling.run.stopped = messageOf(failure.error);
  return scaling.run;
}
