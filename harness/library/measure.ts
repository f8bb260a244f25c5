import type { ColdStart, NodeFailure } from "../record/model.ts";
import type { ColdStartSpec } from "../session/cold-starts.ts";
import type { LoadStepSpec } from "../session/load-step.ts";
import type { OutageSpec } from "../session/measure-outage.ts";
import type { SaturationSpec } from "../session/saturation.ts";
import type { ScaleOutSpec } from "../session/scale-out.ts";
import { innerSession } from "./live-session.ts";
import type { Session } from "./session-model.ts";

/** Measurements that are more than a load; each is recorded, and judged by objectives of its own quantity. */
export const measure = {
  /**
   * Scales a deployed function out under load, in a phase that is going on, and records each pod's way from being asked for
   * to its first answer. Judged by `scale-out` objectives.
   */
  async scaleOut(session: Session, spec: ScaleOutSpec): Promise<void> {
    const { measureScaleOut } = await import("../session/scale-out.ts");
    await measureScaleOut(innerSession(session), spec);
  },

  /**
   * Waits until an autoscaled function has no pod, asks once, and records how long the answer took and the way of the pod
   * that gave it. Judged by `cold-start` objectives. In a phase that is going on.
   */
  async coldStart(session: Session, spec: ColdStartSpec): Promise<ColdStart> {
    const { measureColdStart } = await import("../session/cold-starts.ts");
    return measureColdStart(innerSession(session), spec);
  },

  /**
   * Puts a load on an autoscaled function all at once, and records what the autoscaler made of it. Judged by `scale-out`
   * objectives and the observation `overshoot`. In a phase that is going on.
   */
  async loadStep(session: Session, spec: LoadStepSpec): Promise<void> {
    const { measureLoadStep } = await import("../session/load-step.ts");
    await measureLoadStep(innerSession(session), spec);
  },

  /**
   * Puts a smaller load on an autoscaled function, and records how it scales in. Judged by the observation
   * `time-to-scale-in`. In a phase that is going on.
   */
  async scaleIn(session: Session, spec: LoadStepSpec): Promise<void> {
    const { measureScaleIn } = await import("../session/load-step.ts");
    await measureScaleIn(innerSession(session), spec);
  },

  /**
   * Cuts a node's power under load, gives it back, and records what the cluster made of it. Judged by `recovery` objectives.
   * It is a phase of its own, of the kind `fault`, with the fault `node-kill` in it.
   */
  async nodeOutage(session: Session, spec: OutageSpec): Promise<NodeFailure> {
    const { measureOutage } = await import("../session/measure-outage.ts");
    return measureOutage(innerSession(session), spec);
  },

  /**
   * Finds the highest rate that a deployed function keeps up with, by loads that double and then close in on it. Judged by the
   * observation `saturation`, in requests a second. In a phase that is going on.
   */
  async saturation(session: Session, spec: SaturationSpec): Promise<void> {
    const { measureSaturation } = await import("../session/saturation.ts");
    await measureSaturation(innerSession(session), spec);
  },
};
