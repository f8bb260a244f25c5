import { loadObjectives, type Objective } from "../judge/objective.ts";
import type { RunHeader } from "../record/model.ts";

/**
 * What a recorded run is held against: objectives of a file, or those of the suite that it is a run of. Suites know faults and
 * much else, which takes time and memory to load; a file needs none of it.
 */
export async function recordedObjectives(
  header: RunHeader,
  file: string | undefined,
): Promise<readonly Objective[]> {
  const { suite, seed, settings } = header;
  const text = (key: string): string | undefined => (key in settings ? String(settings[key]) : undefined);
  const asked = file ?? text("objectives");
  if (asked !== undefined) return loadObjectives(asked);
  const { loadSuite } = await import("../session/load-suite.ts");
  const own = text("scenario") ?? suite;
  return loadSuite(own, { seed, form: text("form"), cells: text("cells") }).objectives;
}
