import type { FaultRig } from "../../chaos/faults/fault-rig.ts";
import type { Fault } from "../../chaos/faults/fault.ts";
import { beyondApiError } from "../../chaos/faults/by-api.ts";
import { LinkFault } from "../../chaos/faults/link-fault.ts";
import { JournalGuard } from "../../chaos/journal/journal-guard.ts";
import { Journal } from "../../chaos/journal/journal.ts";
import { profileLinks } from "../../chaos/wan/profile-links.ts";
import { LinkStack } from "../../chaos/wan/link-stack.ts";
import { noWanError } from "../../chaos/wan/no-wan.ts";
import type { WanHandle } from "../../chaos/wan/wan-handle.ts";
import { loadProfiles } from "../config/load.ts";
import { rigError, messageOf } from "../errors.ts";
import type { Objective } from "../judge/objective.ts";
import type { LoadResult } from "../load/k6-load.ts";
import { spreadLoad } from "../load/spread-load.ts";
import { startHostPressure } from "../measure/host-pressure.ts";
import type { Receipt, RecordedRun, Sample } from "../record/model.ts";
import { readRun } from "../record/read-run.ts";
import type { RunRecorder } from "../record/run-folder.ts";
import { SampleBatch } from "../record/sample-batch.ts";
import { BIN_PATH } from "../rig/driver/node-paths.ts";
import type { FunctionName } from "../rig/functions/function-images.ts";
import type { Autoscale } from "../rig/functions/functions-layer.ts";
import { patienceOf } from "../rig/patience.ts";
import { thisProcess } from "../rig/process-mark.ts";
import type { Rig } from "../rig/rig.ts";
import { step } from "../../reports/allure.ts";
import type { Scenario } from "../scenario/model.ts";
import { deployAutoscaledFunction, deployFunction } from "./deploy.ts";
import { faultRig } from "./fault-rig.ts";
import { Gateway } from "./gateway.ts";
import { NotedGuard } from "./noted-guard.ts";
import { openWan } from "./open-wan.ts";
import { wanTold } from "./wan-told.ts";
import { PhaseFaults } from "./phase-faults.ts";
import type { FunctionLoad, PhaseSpec, SessionMatrix, SessionOptions } from "./session-options.ts";

export { currentSession, setCurrentSession } from "./current-session.ts";

/** One run on one rig: what suites use to break, to load and to record. */
export class Session {
  readonly rig: Rig;
  readonly recorder: RunRecorder;
  readonly objectives: readonly Objective[];
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly wan: WanHandle;
  readonly gateway: Gateway;
  /** The rig as faults see it, the layers of its links, and what puts changes back whatever happens. */
  readonly faultRig: FaultRig;
  readonly links: LinkStack;
  readonly guard: NotedGuard;
  readonly signal: AbortSignal;
  readonly say: (message: string) => void;
  readonly skipInconclusive: boolean;
  readonly matrix: SessionMatrix;
  /** Factor on how long the rig may take for something: see `patienceOf`. */
  readonly patience: number;
  /** Share of the rates of suites' open loads that is offered. */
  readonly rate: number;
  private readonly slow: ReadonlyMap<string, number>;
  private readonly deployed = new Map<FunctionName, Promise<unknown>>();
  private readonly journalGuard: JournalGuard;
  private readonly stopWatching: () => void;
  private facts: { of: string | undefined; run: RecordedRun } | undefined;

  private constructor(options: SessionOptions, wan: WanHandle, gateway: Gateway) {
    const { say } = options;
    this.rig = options.rig;
    this.patience = patienceOf(options.rig.topology);
    this.recorder = options.recorder;
    this.objectives = options.objectives;
    this.signal = options.signal;
    this.say = say;
    this.skipInconclusive = options.skipInconclusive ?? false;
    this.scenarios = options.scenarios ?? [];
    this.rate = options.rate ?? 1;
    this.slow = options.slow ?? new Map();
    this.matrix = options.matrix ?? { cells: [], all: [], finished: new Set(), fit: false };
    this.seed = options.seed ?? 1;
    this.wan = wan;
    this.gateway = gateway;
    this.links = new LinkStack(wan);
    this.faultRig = faultRig(options.rig, options.confirmed, this.rate);
    this.journalGuard = new JournalGuard({
      journal: Journal.begin(this.faultRig.folder, thisProcess()),
      machinery: this.faultRig,
      onTrouble: (what) => this.trouble(what),
    });
    this.guard = new NotedGuard(this.journalGuard);
    wan.onDeath((error) => this.trouble(`the WAN engine died: ${error.message}`));
    this.stopWatching = wan.watch(
      wanTold(say, (text) => this.recorder.event({ type: "note", at: Date.now(), text })),
    );
  }

  static async open(options: SessionOptions): Promise<Session> {
    const { rig } = options;
    return new Session(options, await openWan(rig), new Gateway(rig.entry, rig.parts.driver.way));
  }

  async close(): Promise<void> {
    this.stopWatching();
    try {
      await this.journalGuard.close();
    } finally {
      await this.wan.close();
    }
  }

  /** Records that the rig misbehaved: every verdict of the run is broken from then on. */
  trouble(what: string): void {
    this.recorder.event({ type: "trouble", at: Date.now(), what });
  }

  /** Deploys a function, with a replica on every node unless told otherwise; once a run, however often it is asked for. */
  async deploy(name: FunctionName, replicas = this.rig.clusterNodes.length): Promise<void> {
    const known =
      this.deployed.get(name) ?? deployFunction(this.rig, this.gateway, this.specOf(name, replicas));
    this.deployed.set(name, known);
    await known;
  }

  /** Sees to it that a function's replicas are on all nodes again, whatever has driven them together. */
  async spread(name: FunctionName, replicas = this.rig.clusterNodes.length): Promise<void> {
    await this.rig.functions.deploy({ ...this.specOf(name, replicas), image: this.rig.image(name) });
  }

  /** Deploys a function that scales with its load, and whose pods are none until there is one. */
  async deployAutoscaled(
    name: string,
    image: FunctionName,
    autoscale: Autoscale,
    deviceClass?: string,
  ): Promise<void> {
    const where = deviceClass === undefined ? {} : { deviceClass };
    const spec = { name, image, autoscale, ...where, ...this.slownessOf(image) };
    await deployAutoscaledFunction(this.rig, this.gateway, spec);
  }

  private slownessOf(image: FunctionName): { slow?: number } {
    const slow = this.slow.get(image);
    return slow === undefined ? {} : { slow };
  }

  private specOf(name: FunctionName, replicas: number) {
    return { name, replicas, ...this.slownessOf(name) };
  }

  /** A fault that puts a network profile in force between all machines of the rig. */
  profileFault(phase: string, profileName: string, unprobed: readonly string[] = []): Fault {
    const profile = loadProfiles().get(profileName);
    if (!profile) throw rigError("NO_SUCH_PROFILE", `there is no profile ${profileName}`);
    const { wanHost } = this.rig;
    if (this.rig.parts.driver.kind === "cluster")
      throw beyondApiError(`the profile ${profileName}`, "links", `phase ${phase}`);
    if (!wanHost) throw noWanError(`phase ${phase}, profile ${profileName}`);
    const nodes = this.rig.machines;
    const first = profileLinks(nodes, profile, this.rig.topology.links);
    return new LinkFault({
      name: `profile-${profileName}`,
      phase,
      stack: this.links,
      guard: this.guard,
      nodes,
      wanHost,
      runtime: this.faultRig.paths.runtime,
      timeline: { first },
      depth: "pings",
      probeShare: this.rate,
      unprobed,
    });
  }

  /**
   * Runs `body` with the profile and the faults in force, and records the phase, the host's pressure and every receipt.
   * Whatever happens, faults are healed in reverse order before this returns, those that the body injected included.
   * Resolves with the receipts, in the order of the injections.
   */
  async phase(spec: PhaseSpec, body: (faults: PhaseFaults) => Promise<void>): Promise<Receipt[]> {
    return step(`phase ${spec.name}`, () => this.runPhase(spec, body));
  }

  private async runPhase(spec: PhaseSpec, body: (faults: PhaseFaults) => Promise<void>): Promise<Receipt[]> {
    const { links, wanProfile } = this.rig.topology;
    const { name, kind, profile = wanProfile, takesDown = [], note } = spec;
    const impaired = profile !== "lcl" || (spec.profile === undefined && links.length > 0);
    const others = spec.faults ?? [];
    const down = [...takesDown, ...others.flatMap((fault) => fault.takesDown ?? [])];
    const whole = [...(impaired ? [this.profileFault(name, profile, down)] : []), ...others];
    this.say(`phase ${name}${whole.length > 0 ? `: ${whole.map((fault) => fault.name).join(", ")}` : ""}`);
    const pressure = startHostPressure(name);
    const startedAt = Date.now();
    const faults = new PhaseFaults();
    let failure: { error: unknown } | undefined;
    try {
      for (const fault of whole) {
        this.signal.throwIfAborted();
        await step(`inject ${fault.name}`, () => faults.inject(fault));
      }
      this.signal.throwIfAborted();
      await step("load and observe", () => body(faults));
    } catch (error) {
      failure = { error };
    }
    for (const { fault, error } of await step("heal", () => faults.healAll())) {
      failure ??= { error };
      this.trouble(`${fault.name} was not healed: ${String(error)}`);
    }
    const noted = note === undefined ? {} : { note };
    const phase = { name, kind, profile, startedAt, endedAt: Date.now(), faults: faults.names, ...noted };
    this.recorder.event({ type: "phase", at: Date.now(), phase });
    this.recorder.event({ type: "pressure", at: Date.now(), pressure: pressure.stop() });
    if (failure && !this.signal.aborted) this.trouble(`phase ${name}: ${messageOf(failure.error)}`);
    const receipts: Receipt[] = [];
    if (!failure)
      await step("receipts", () =>
        faults.verifyAll((receipt) => {
          receipts.push(receipt);
          this.recorder.event({ type: "receipt", at: Date.now(), receipt });
          if (!receipt.held)
            this.say(`  receipt of ${receipt.fault} NOT held: ${receipt.reasons.join("; ")}`);
        }),
      );
    this.facts = undefined;
    if (failure) throw failure.error;
    return receipts;
  }

  /** Offers a load to a deployed function, and records every request. */
  async load(spec: FunctionLoad): Promise<Sample[]> {
    return (await this.loaded(spec)).samples;
  }

  /** The same, with the account of it. */
  async loaded(spec: FunctionLoad): Promise<Pick<LoadResult, "samples" | "account">> {
    const { path = "", signal = this.signal, ...rest } = spec;
    const { url: base, host } = this.gateway.route(spec.fn);
    const where = { url: `${base}${path}`, ...(host === undefined ? {} : { host }) };
    const model = spec.model === "closed" ? "-closed" : "";
    const rawFile = this.recorder.rawLoad(`${spec.phase}-${spec.fn}${model}`);
    // Recorded while it goes on, so that a run that is cut off still has what was measured.
    const written = new SampleBatch((samples) => this.recorder.samples(samples));
    const named = (sample: Sample): Sample => ({ ...sample, deviceClass: this.classOf(sample.node) });
    const onSample = (sample: Sample): void => written.add(named(sample));
    const options = { k6Path: `${BIN_PATH}/k6`, rawFile, signal, onSample };
    const seeded = { ...rest, ...where, ...(rest.model === "closed" ? {} : { seed: this.seed }) };
    const result = await spreadLoad(this.rig.testers, seeded, options).finally(() => written.flush());
    const samples = result.samples.map(named);
    this.recorder.event({ type: "load", at: Date.now(), account: result.account });
    if (result.unaccounted !== 0)
      this.trouble(`${result.unaccounted} requests of ${spec.fn} in ${spec.phase} are not accounted for`);
    return { samples, account: result.account };
  }

  /** The run so far, as a judge reads it; with the samples of one phase only, where a run has very many. */
  recorded(phase?: string): RecordedRun {
    if (this.facts?.of !== phase) this.facts = undefined;
    this.facts ??= {
      of: phase,
      run: { ...readRun(this.recorder.folder, phase === undefined ? undefined : [phase]), complete: true },
    };
    return this.facts.run;
  }

  /** What was recorded since is read anew. */
  forgetFacts(): void {
    this.facts = undefined;
  }

  classOf(node: string): string {
    return this.rig.topology.nodes.find(({ name }) => name === node)?.deviceClass ?? "";
  }
}
