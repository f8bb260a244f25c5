import { createHash } from "node:crypto";

import { waitShare } from "../fixtures/k6/arrivals.ts";

/**
 * When what has a constant rate is due within its slots, of one period each. `spread`: at a random moment of it, so that
 * neither another load nor anything else that is periodic (a CPU quota's period, a probe) meets it at the same point each
 * time; RFC 2330, 11.1.1, warns of periodic sampling for that reason. `even`: at its beginning.
 */
export type Arrivals = "spread" | "even";

/** Seed of a spread load's moments, 1 to 2^32 - 1: other ones for everything that `names` tells apart. */
export const spreadSeed = (...names: readonly (string | number)[]): number =>
  createHash("sha256").update(JSON.stringify(names)).digest().readUInt32BE(0) || 1;

/** When a spread load's message or operation of this number, from 0, is due, in ms from the load's beginning. */
export const dueAt = (slot: number, ratePerSecond: number, seed: number): number =>
  ((slot + waitShare(seed, slot)) * 1000) / ratePerSecond;
