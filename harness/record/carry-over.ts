import { copyFileSync, existsSync } from "node:fs";
import { basename, join } from "node:path";

import { writeFailure } from "./ndjson.ts";
import type { RunEvent } from "./model.ts";
import type { RunRecorder } from "./run-folder.ts";

const copy = (from: string, to: string): void => {
  if (!existsSync(from)) return;
  try {
    copyFileSync(from, to);
  } catch (cause) {
    throw writeFailure(to, cause);
  }
};

/** Takes facts of an earlier run over into a new one: events, and the samples and k6's output of their phases. */
export function carryOver(folder: string, events: readonly RunEvent[], recorder: RunRecorder): void {
  for (const event of events) {
    recorder.event(event);
    if (event.type === "phase") {
      const file = join("samples", `${event.phase.name}.ndjson`);
      copy(join(folder, file), join(recorder.folder, file));
    }
    if (event.type === "load") {
      const { phase, fn, model } = event.account;
      const to = recorder.rawLoad(`${phase}-${fn}${model === "closed" ? "-closed" : ""}`);
      copy(join(folder, "k6", basename(to)), to);
    }
  }
}
