import { cellsOf, type Cell } from "./cell.ts";
import type { Form } from "./schema.ts";

/** A small form with what tests of cells need; durations in ms. */
const form = (changes: Partial<Form> = {}): Form => ({
  repetitions: 1,
  profiles: ["lcl", "typ"],
  timeout: 5000,
  overhead: { iterations: 10, think: 200 },
  scalability: { duration: 10_000, think: 250, users: [100, 500], n: [1] },
  ...changes,
});

export const cells = (changes: Partial<Form> = {}): Cell[] => cellsOf(form(changes));
