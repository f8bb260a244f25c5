import type { Objective } from "../judge/objective.ts";
import type { RecordedRun } from "../record/model.ts";
import { interruptSignal } from "./interrupt-signal.ts";
import { type LiveRig, rigOf } from "./live-rig.ts";
import { currentLiveSession, liveSession } from "./live-session.ts";
import { judge, type Judged } from "./recording.ts";
import type { Session } from "./session-model.ts";

/** How a run of one's own is recorded. */
export interface OpenSessionOptions {
  /** Name of the run in its record; lower-case letters, digits and hyphens. */
  suite: string;
  /** What it is judged by in the end. @default nothing */
  objectives?: readonly Objective[];
  /** Folder in which `runs/` and `latest` are made. @default "reports" in the working folder */
  output?: string;
  /** Seed of every random choice. @default 1 */
  seed?: number;
  /** Told what is going on, one line each. @default nothing is said */
  say?: (message: string) => void;
  /** Ends loads and heals faults. @default `interruptSignal()` */
  signal?: AbortSignal;
}

/** A run that has ended. */
export interface FinishedRun extends Judged {
  /** Everything that was recorded. */
  run: RecordedRun;
  /** Path of report.html; verdict.json, junit.xml and summary.md lie beside it. */
  report: string;
}

/** A session outside of `edgeproof run`. Disposing one that was not finished records that the run failed. */
export interface OpenSession extends AsyncDisposable {
  /** What breaks, loads and records. */
  readonly session: Session;
  /** Folder of the run. */
  readonly folder: string;
  /** Ends the run, judges it and writes its reports; once. */
  finish(): Promise<FinishedRun>;
}

/** Sessions: one run on one rig each. */
export const session = {
  /**
   * In a suite: the session of the run that `edgeproof run` is executing.
   *
   * @throws EdgeproofError (exit code 3) outside of one
   */
  current: (): Session => currentLiveSession(),

  /**
   * Outside of a suite: begins to record a run on a rig, which nobody else may use until it is disposed.
   *
   * @throws EdgeproofError (exit code 3) where another process uses the rig
   * @example
   * ```ts
   * await using run = await session.open(lab, { suite: "mine", objectives: objectives.load("objectives.yaml") });
   * ```
   */
  async open(rig: LiveRig, options: OpenSessionOptions): Promise<OpenSession> {
    const { openRun } = await import("../session/open-run.ts");
    const { suite, objectives = [], output = "reports", seed = 1, say = () => undefined } = options;
    const { signal = interruptSignal() } = options;
    const run = await openRun(rigOf(rig), { suite, objectives, output, seed, say, signal });
    return {
      session: liveSession(run.session, rig),
      folder: run.folder,
      async finish() {
        const { writeReports } = await import("../session/write-reports.ts");
        const recorded = await run.end(signal.aborted ? "interrupted" : "finished");
        const judged = judge(recorded, objectives);
        return { run: recorded, ...judged, report: writeReports(recorded, judged.judgements) };
      },
      async [Symbol.asyncDispose]() {
        await run.end("failed");
      },
    };
  },
};
