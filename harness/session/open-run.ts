import { resolve } from "node:path";

import type { Objective } from "../judge/objective.ts";
import { clockOffsets } from "../measure/clock-offset.ts";
import type { RecordedRun } from "../record/model.ts";
import { readRun } from "../record/read-run.ts";
import { RunRecorder } from "../record/run-folder.ts";
import type { Rig } from "../rig/rig.ts";
import { lockRig } from "../rig/rig-lock.ts";
import { collectEvents } from "./collect-events.ts";
import { collectLogs } from "./collect-logs.ts";
import { commit, runHeader } from "./run-header.ts";
import { Session } from "./session.ts";
import { wanFacts } from "./wan-facts.ts";

export interface OpenRunOptions {
  /** Name of the run in its record. */
  suite: string;
  objectives: readonly Objective[];
  /** Folder of `runs/` and `latest`. */
  output: string;
  seed: number;
  say: (message: string) => void;
  signal: AbortSignal;
}

export interface OpenRun {
  session: Session;
  folder: string;
  /** Heals what is left, writes the last event, lets the rig go, and reads the run back; any number of times. */
  end(status: "finished" | "interrupted" | "failed"): Promise<RecordedRun>;
}

/** Begins a run on a rig that no command has begun: locked, with its folder made. */
export async function openRun(rig: Rig, options: OpenRunOptions): Promise<OpenRun> {
  const { suite, objectives, output, seed, say, signal } = options;
  const lock = lockRig(rig.name, `a run of ${suite}`);
  try {
    const header = await runHeader(rig, suite, seed, await wanFacts(rig));
    const recorder = new RunRecorder({ root: resolve(output), header, sha: await commit() });
    const session = await Session.open({ rig, recorder, objectives, seed, signal, say });
    recorder.event({ type: "note", at: Date.now(), text: await clockOffsets(rig.agents) });
    let ended: Promise<RecordedRun> | undefined;
    const end = async (status: "finished" | "interrupted" | "failed"): Promise<RecordedRun> => {
      try {
        await session.close();
      } finally {
        recorder.end(status);
        await collectLogs(rig.answering, (node) => recorder.logs(node));
        await collectEvents(rig, recorder.logs("cluster"));
        lock[Symbol.dispose]();
      }
      return readRun(recorder.folder);
    };
    return { session, folder: recorder.folder, end: (status) => (ended ??= end(status)) };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
