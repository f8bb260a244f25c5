import type { Phase } from "../harness/record/model.ts";

/** `PHASE: what was run otherwise than asked for`, of the phases that have such a note. */
export const phaseNotes = (phases: readonly Phase[]): string[] =>
  phases.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
