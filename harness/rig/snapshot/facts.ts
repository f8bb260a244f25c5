/** Lines by section, sorted; what may be in any order says nothing by it. */
export type Facts = Record<string, string[]>;

export const sorted = (facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).map(([section, lines]) => [section, lines.toSorted()]));
