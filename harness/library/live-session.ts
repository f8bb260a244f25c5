import { atShare } from "../session/offered-rate.ts";
import type { Fault } from "../../chaos/faults/fault.ts";
import { currentSession } from "../session/current-session.ts";
import type { Session as Inner } from "../session/session.ts";
import { rigError } from "../errors.ts";
import { liveRig, type LiveRig } from "./live-rig.ts";
import type { LoadOutcome, LoadPlan } from "./load.ts";
import type { PlannedFault } from "./planned-fault.ts";
import type { ActivePhase, PhaseOptions, PhaseOutcome, Session } from "./session-model.ts";

const inner = new WeakMap<Session, Inner>();
const known = new WeakMap<Inner, Session>();

/** What the rest of the library works with. */
export function innerSession(session: Session): Inner {
  const found = inner.get(session);
  if (found) return found;
  throw rigError("NOT_A_SESSION", "this is no session of `session.current` or `session.open`", {
    fix: "pass on what they returned, from the same copy of edgeproof",
  });
}

/** A session as suites see it; the same one each time. */
export function liveSession(session: Inner, rig?: LiveRig): Session {
  const before = known.get(session);
  if (before) return before;
  const live = new LiveSession(session, rig ?? liveRig(session.rig, { leave: true }));
  known.set(session, live);
  inner.set(live, session);
  return live;
}

/** The session of the run that `edgeproof run` is executing. */
export const currentLiveSession = (): Session => liveSession(currentSession());

class LiveSession implements Session {
  readonly rig: LiveRig;
  private readonly session: Inner;

  constructor(session: Inner, rig: LiveRig) {
    this.session = session;
    this.rig = rig;
  }

  get objectives() {
    return this.session.objectives;
  }

  get seed(): number {
    return this.session.seed;
  }

  get signal(): AbortSignal {
    return this.session.signal;
  }

  say(message: string): void {
    this.session.say(message);
  }

  note(text: string): void {
    this.session.recorder.event({ type: "note", at: Date.now(), text });
    this.session.forgetFacts();
  }

  observe(observation: Parameters<Session["observe"]>[0]): void {
    this.session.recorder.event({ type: "observation", at: Date.now(), observation });
    this.session.forgetFacts();
  }

  deploy(...[fn, replicas]: Parameters<Session["deploy"]>): Promise<void> {
    return this.session.deploy(fn, replicas);
  }

  deployAutoscaled(...[name, options]: Parameters<Session["deployAutoscaled"]>): Promise<void> {
    const { image, deviceClass, ...autoscale } = options;
    return this.session.deployAutoscaled(name, image, autoscale, deviceClass);
  }

  settle(fn: string, replicas: number, timeoutMs: number): Promise<void> {
    const { rig, patience } = this.session;
    return rig.functions.settle(fn, replicas, timeoutMs * patience);
  }

  async untilAnswering(fn: string, timeoutMs: number): Promise<void> {
    const { untilAnswering } = await import("../session/until-answering.ts");
    await untilAnswering(this.session, fn, timeoutMs);
  }

  async phase(options: PhaseOptions, body: (phase: ActivePhase) => Promise<void>): Promise<PhaseOutcome> {
    const { session } = this;
    const { buildPlanned } = await import("./build-planned.ts");
    const { name, kind, profile, note } = options;
    const faults = await buildPlanned(options.faults ?? [], name, session);
    const takesDown = faults.flatMap((fault) => fault.takesDown ?? []);
    const spec = { name, kind, faults, ...(profile === undefined ? {} : { profile }), note };
    const receipts = await session.phase(spec, async (inForce) => {
      const active: ActivePhase = {
        name,
        load: (plan) => this.load(name, plan),
        async inject(planned) {
          const about = { taken: inForce.names, down: takesDown };
          const [fault] = await buildPlanned([planned], name, session, about);
          await inForce.inject(fault!);
          return fault!;
        },
        heal: (fault) => inForce.heal(fault),
      };
      await body(active);
    });
    return { receipts };
  }

  async fault(planned: PlannedFault, phase: string): Promise<Fault> {
    const { buildPlanned } = await import("./build-planned.ts");
    const [fault] = await buildPlanned([planned], phase, this.session);
    return fault!;
  }

  recorded(phase?: string) {
    return this.session.recorded(phase);
  }

  private async load(phase: string, plan: LoadPlan): Promise<LoadOutcome> {
    const { rate } = this.session;
    const paced = plan.model === "closed" ? plan : atShare(plan, rate, "longer");
    const { samples, account } = await this.session.loaded({ ...paced, phase });
    return { samples, account };
  }
}
