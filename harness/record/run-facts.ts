import type { RecordedRun } from "./model.ts";
import { groupsOf, type RequestGroup } from "./request-groups.ts";

/** A run as judging needs it: its requests in groups, which ten millions of them fit into. */
export interface RunFacts extends Omit<RecordedRun, "samples"> {
  requests: readonly RequestGroup[];
}

/** Facts of a run that is in memory. */
export const factsOf = ({ samples, ...rest }: RecordedRun): RunFacts => ({
  ...rest,
  requests: groupsOf(samples),
});
