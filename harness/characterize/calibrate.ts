import { SCORES, type ScoreName, type Scores } from "./model.ts";
import type { ReferenceScores } from "./reference-scores.ts";

/** A CPU quota (CPUs, as `docker run --cpus`) that makes a container on this host as fast as a class, or why none does. */
export interface Calibration {
  class: string;
  fits: boolean;
  /** Undefined where no quota can be given at all. */
  quotaCpus: number | undefined;
  /** How far the worse of one core and all cores is off, as a factor of at least 1. */
  factor: number | undefined;
  text: string;
}

/** Beyond this the container is not the class. */
const TOLERATED_FACTOR = 1.25;
/** Docker takes no less. */
const LEAST_QUOTA = 0.01;
const OTHERS: readonly ScoreName[] = ["float", "memory", "crypto"];

const off = (a: number, b: number): number => Math.max(a / b, b / a);

/**
 * A quota q limits time, not speed: one thread gets min(1, q) of a core, all together q cores. So one core and all cores
 * of a class (s and a, against the host's core h) cannot both be met by it unless they are alike: below one CPU both
 * become q h, above it one core stays h. Taken is the q with the least of the larger error, max(|ln(min(1, q) h / s)|,
 * |ln(q h / a)|): sqrt(s a) / h below one CPU, a / h above, at most the host's cores.
 */
export function calibrate(
  name: string,
  reference: Partial<Record<ScoreName, number>>,
  host: { scores: Scores; cores: number },
): Calibration {
  const core = host.scores.integer?.value;
  const { integer: single, "integer-all": all } = reference;
  const none = (why: string): Calibration => ({
    ...{ class: name, fits: false, quotaCpus: undefined, factor: undefined },
    text: `${name}: ${why}`,
  });
  if (single === undefined || all === undefined)
    return none("cannot be calibrated, as it has no measured integer and integer-all");
  if (!core) return none("cannot be calibrated, as this host's core was not measured");
  // Measured, not counted: hyper-threads and shared hosts give less than a core each.
  const most = Math.min(host.cores, (host.scores["integer-all"]?.value ?? host.cores * core) / core);
  const candidates = [all / core, Math.sqrt(single * all) / core, 1, most].map((q) =>
    Math.min(most, Math.max(LEAST_QUOTA, q)),
  );
  const errors = (q: number): [number, number] => [off(Math.min(1, q) * core, single), off(q * core, all)];
  const worst = (q: number): number => Math.max(...errors(q));
  const quota = candidates.reduce((best, q) => (worst(q) < worst(best) ? q : best));
  const [one, together] = errors(quota);
  const factor = Math.max(one, together);
  const others = OTHERS.flatMap((score) => {
    const [wanted, has] = [reference[score], host.scores[score]?.value];
    return wanted === undefined || !has
      ? []
      : [`${score} ${off(Math.min(1, quota) * has, wanted).toFixed(2)}`];
  });
  const beside = others.length > 0 ? `; not fitted: ${others.join(", ")}` : "";
  const errorText = `off by a factor of ${one.toFixed(2)} on one core, ${together.toFixed(2)} on all${beside}`;
  const fits = factor <= TOLERATED_FACTOR;
  const quotaCpus = Number(quota.toFixed(2));
  return {
    ...{ class: name, fits, quotaCpus, factor },
    text: fits
      ? `${name}: ${quotaCpus} CPUs, ${errorText}`
      : `${name}: does not fit this host: the best quota, ${quotaCpus} CPUs, is ${errorText} (${SCORES.integer.unit})`,
  };
}

/** The same as a characterization keeps them. */
export const keptCalibrations = (
  ...asked: Parameters<typeof calibrateAll>
): Pick<Calibration, "class" | "fits" | "text">[] =>
  calibrateAll(...asked).map(({ class: name, fits, text }) => ({ class: name, fits, text }));

/** One for each class that was measured. */
export const calibrateAll = (
  references: ReferenceScores,
  host: { scores: Scores; cores: number },
): Calibration[] => [...references].map(([name, reference]) => calibrate(name, reference, host));
