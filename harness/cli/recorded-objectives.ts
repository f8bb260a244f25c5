import { loadObjectives, type Objective } from "../judge/objective.ts";
import type { RunHeader } from "../record/model.ts";
import { loadSuite } from "../session/load-suite.ts";

/** What a recorded run is held against: objectives of a file, or those of the suite that it is a run of. */
export function recordedObjectives(header: RunHeader, file: string | undefined): readonly Objective[] {
  if (file !== undefined) return loadObjectives(file);
  const { suite, seed, settings } = header;
  const text = (key: string): string | undefined => (key in settings ? String(settings[key]) : undefined);
  const own = text("scenario") ?? suite;
  return loadSuite(own, { seed, form: text("form"), cells: text("cells") }).objectives;
}
