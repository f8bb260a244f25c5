import { EdgeproofError, messageOf } from "../errors.ts";
import type { Sample } from "../record/model.ts";
import type { Scenario } from "../scenario/model.ts";
import { AbortWatch } from "./abort-watch.ts";
import { type BuiltEntry, buildFaults } from "./build-faults.ts";
import { OBSERVERS } from "./observe/catalogue.ts";
import type { Observer } from "./observe/observer.ts";
import { runTimeline } from "./run-timeline.ts";
import { recordScaleOut } from "./scale-out.ts";
import { atShare } from "./offered-rate.ts";
import type { Session } from "./session.ts";
import { untilAnswering } from "./until-answering.ts";

const READY_LIMIT_MS = 60_000;
/** Of the change to a function's replicas, in the journal. */
const SCALE = "scale-out";

const machinesOf = (entries: readonly BuiltEntry[]): string[] => [
  ...new Set(entries.flatMap(({ broken }) => broken)),
];

function observersOf(session: Session, scenario: Scenario, affected: readonly string[]): Observer[] {
  const { steady, fault, healed, load, observe } = scenario;
  const phases = { steady: steady.name, fault: fault.name, healed: healed.name };
  const { rig, signal } = session;
  return OBSERVERS.filter(({ name }) => observe.includes(name)).map((definition) =>
    definition.create({ rig, phases, affected, fn: load?.fn, signal }),
  );
}

/** Runs the three phases of a scenario and records what there is to be judged. */
class ScenarioRun {
  private readonly session: Session;
  private readonly scenario: Scenario;

  constructor(session: Session, scenario: Scenario) {
    this.session = session;
    this.scenario = scenario;
  }

  async run(): Promise<void> {
    const { session, scenario } = this;
    const { load, steady, healed, notRun } = scenario;
    session.say(`scenario ${scenario.name}: ${scenario.description}`);
    if (notRun !== undefined) this.note(`${scenario.name}, not run: ${notRun}`);
    if (load) await session.deploy(load.fn, this.deployedReplicas);
    const entries = await buildFaults(scenario, {
      rig: session.faultRig,
      guard: session.guard,
      links: session.links,
      seed: session.seed,
      functionUrl: (fn) => session.gateway.route(fn).url,
    });
    for (const { name, fault } of entries)
      if (fault.chosen !== "") this.note(`${name} is aimed at ${fault.chosen}`);
    const observers = observersOf(session, scenario, machinesOf(entries));
    try {
      await Promise.all(observers.map((observer) => observer.start()));
      await session.phase({ name: steady.name, kind: "steady" }, async () => {
        await this.load(steady, session.signal);
      });
      const finished = await this.faultPhase(entries, observers);
      if (finished)
        await session.phase({ name: healed.name, kind: "healed" }, async () => {
          if (load && healed.settleMs !== undefined) await untilAnswering(session, load.fn, healed.settleMs);
          await this.load(healed, session.signal);
        });
    } finally {
      await this.observed(observers);
    }
  }

  /** False where a guard rail ended it. */
  private async faultPhase(entries: readonly BuiltEntry[], observers: readonly Observer[]): Promise<boolean> {
    const { session, scenario } = this;
    const { fault, guard, load } = scenario;
    const ending = new AbortController();
    let reason: string | undefined;
    const watch = new AbortWatch({
      conditions: guard.abort,
      tester: session.rig.tester,
      url: load && `${session.gateway.route(load.fn).url}healthz`,
      kubeconfig: session.rig.kubeconfig,
      affected: machinesOf(entries),
      onBreach: (why) => {
        reason = why;
        session.say(`  guard rail: ${why}; healing`);
        ending.abort(new Error(why));
      },
    });
    const signal = AbortSignal.any([session.signal, ending.signal]);
    const left = new Set(entries.map(({ name }) => name));
    const tellHealed = (at: number): void => observers.forEach((observer) => observer.healed(at));
    const stopNoting = session.guard.onRevert((name, at) => {
      if (left.delete(name) && left.size === 0) tellHealed(at);
    });
    const takesDown = entries.flatMap(({ built }) => built.takesDown ?? []);
    try {
      await this.scaleForFault();
      await watch.start();
      await session.phase({ name: fault.name, kind: "fault", takesDown }, async (faults) => {
        const beganAt = Date.now();
        const onInForce = (at: number): void => observers.forEach((observer) => observer.injected(at));
        const { say } = session;
        const loaded = this.load(fault, signal, beganAt);
        try {
          await Promise.all([loaded, runTimeline({ entries, faults, beganAt, signal, say, onInForce })]);
        } catch (error) {
          await loaded.catch(() => undefined);
          if (reason === undefined) throw error;
        }
        watch.stop();
        if (reason !== undefined)
          session.recorder.event({ type: "abort", at: Date.now(), phase: fault.name, reason });
      });
      // Whatever went by another way than the guard.
      if (left.size > 0) tellHealed(Date.now());
    } finally {
      watch.stop();
      stopNoting();
      await this.scaleBack();
    }
    return reason === undefined;
  }

  private get deployedReplicas(): number {
    return this.scenario.load?.replicas ?? this.session.rig.clusterNodes.length;
  }

  /** To where the scale-out begins; in the journal, as the rig is to be left with the replicas that it had. */
  private async scaleForFault(): Promise<void> {
    const { session, scenario, deployedReplicas } = this;
    const { load, fault } = scenario;
    if (!load || !fault.scale) return;
    const { from, to } = fault.scale;
    const { functions } = session.rig;
    await session.guard.apply(SCALE, {
      what: `API: ${load.fn} from ${deployedReplicas} to ${from} replicas, then to ${to}`,
      undo: {
        kind: "scale",
        namespace: session.rig.namespace,
        deployment: load.fn,
        replicas: deployedReplicas,
      },
      apply: async () => {
        await functions.scale(load.fn, from, READY_LIMIT_MS * session.patience);
        await functions.settle(load.fn, from, READY_LIMIT_MS * session.patience);
      },
    });
  }

  private async scaleBack(): Promise<void> {
    const { session, scenario, deployedReplicas } = this;
    const { load, fault } = scenario;
    if (!load || !fault.scale) return;
    await session.guard.revert(SCALE);
    await session.rig.functions.settle(load.fn, deployedReplicas, READY_LIMIT_MS * session.patience);
  }

  private async load(
    phase: Scenario["steady"] | Scenario["fault"],
    signal: AbortSignal,
    beganAt = Date.now(),
  ): Promise<void> {
    const { session, scenario } = this;
    const { load } = scenario;
    const scale = "scale" in phase ? phase.scale : undefined;
    if (!load) return this.idle(phase.durationMs, signal);
    const samples: Promise<Sample[]> = session.load({
      phase: phase.name,
      fn: load.fn,
      path: load.path,
      ...atShare({ ratePerSecond: phase.rate, durationMs: phase.durationMs }, session.rate, "as-long"),
      timeoutMs: load.timeoutMs,
      signal,
      ...(load.bodyBytes > 0 ? { bodyBytes: load.bodyBytes } : {}),
    });
    samples.catch(() => undefined);
    if (scale) {
      await this.idle(Math.max(0, beganAt + scale.at - Date.now()), signal);
      await recordScaleOut(session, { phase: phase.name, fn: load.fn, to: scale.to }, samples);
    }
    await samples;
  }

  private idle(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", end);
        resolve();
      }, ms);
      signal.addEventListener("abort", end, { once: true });
    });
  }

  private note(text: string): void {
    this.session.recorder.event({ type: "note", at: Date.now(), text });
  }

  /** Trouble of one observer must not keep the others from being read. */
  private async observed(observers: readonly Observer[]): Promise<void> {
    for (const observer of observers)
      try {
        for (const observation of await observer.stop())
          this.session.recorder.event({ type: "observation", at: Date.now(), observation });
      } catch (error) {
        const what = error instanceof EdgeproofError ? error.message : String(error);
        this.session.trouble(`an observer failed: ${what}`);
      }
    this.session.forgetFacts();
  }
}

export async function runScenario(session: Session, scenario: Scenario): Promise<void> {
  try {
    await new ScenarioRun(session, scenario).run();
  } catch (error) {
    // Phases that were never run are told about with the reason.
    const where = error instanceof EdgeproofError && error.where !== undefined ? ` (${error.where})` : "";
    const what = messageOf(error);
    if (!session.signal.aborted) session.trouble(`scenario ${scenario.name}: ${what}${where}`);
    throw error;
  }
}
