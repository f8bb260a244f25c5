import { usageError } from "../errors.ts";
import type { RunEvent, RunHeader } from "../record/model.ts";

/** What an earlier run of a matrix has done. */
export interface Resumed {
  /** Its folder, which stays as it is. */
  folder: string;
  header: RunHeader;
  /** Phases of the cells that it finished. */
  finished: ReadonlySet<string>;
  /** Its facts, less those of cells that it began and did not finish. */
  kept: RunEvent[];
}

/**
 * What of a run's events a run that goes on can take over. A cell that was begun and not finished leaves nothing: neither
 * half a load nor the trouble that ended it, as it is run again from its beginning. Everything else is kept, trouble
 * outside of cells too.
 */
export function finishedCells(events: readonly RunEvent[]): Pick<Resumed, "finished" | "kept"> {
  const finished = new Set<string>();
  const kept: RunEvent[] = [];
  let cell: RunEvent[] | undefined;
  for (const event of events) {
    if (event.type === "end") continue;
    if (event.type === "cell" && event.state === "begun") cell = [];
    (cell ?? kept).push(event);
    if (event.type !== "cell" || event.state !== "finished" || !cell) continue;
    kept.push(...cell);
    finished.add(event.phase);
    cell = undefined;
  }
  return { finished, kept };
}

/** What has to be the same before anything is touched; the rest of the header is compared once the rig is up. */
interface Asked {
  suite: string;
  topology: string;
  matrix: string;
  form: string;
}

/** @throws EdgeproofError (usage) if the run was of something else */
export function ensureSameMatrix(header: RunHeader, asked: Asked, folder: string): void {
  const was: Record<keyof Asked, string> = {
    suite: header.suite,
    topology: header.topology,
    matrix: String(header.settings.matrix ?? "none"),
    form: String(header.settings.form ?? "none"),
  };
  const differs = (Object.keys(was) as (keyof Asked)[]).filter((key) => was[key] !== asked[key]);
  if (differs.length === 0) return;
  throw usageError("resume-other", "the run to be resumed is of something else", {
    where: folder,
    expected: differs.map((key) => `${key} ${asked[key]}, not ${was[key]}`).join("; "),
    fix: "resume it with the suite, the topology and the matrix that it was begun with, or begin a new run",
  });
}

/** Settings that a run which goes on may have of its own. */
const FREE = ["settings.cells", "settings.resumed"];

/** @throws EdgeproofError (usage) if the rig, the host or a program is another one, as listed in `differences` */
export function ensureSameRig(differences: readonly string[], folder: string): void {
  const others = differences.filter((text) => !FREE.some((key) => text.startsWith(`${key}: `)));
  if (others.length === 0) return;
  throw usageError("resume-other-rig", "the run to be resumed was made on another rig", {
    where: folder,
    expected: `the same host, programs and settings; different are ${others.join("; ")}`,
    fix: "begin a new run: cells of both would not be comparable",
  });
}
