import { checkStorage, type StorageAnomaly, type StorageCheck } from "../check/storage-check.ts";
import { groupBy } from "../record/group-by.ts";
import type { Phase } from "../record/model.ts";
import type { StorageRecord, StorageSample } from "../record/storage.ts";
import type { Evidence } from "./evidence.ts";
import { formatValue } from "./format.ts";
import { measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";
import { estimateQuantile, minimumSamples, sorted } from "./quantile.ts";

/** Of a long list of keys, in a verdict's reason; all are in the run's folder. */
const SHOWN_KEYS = 5;

type Latency = ObjectiveOf<"storage-latency">;
type Lost = ObjectiveOf<"storage-lost">;

const recordsOf = (evidence: Evidence, store: string | undefined): Map<string, StorageRecord[]> =>
  groupBy(
    evidence.storage.filter((record) => store === undefined || record.store === store),
    (record) => record.store,
  );

const wanted = ({ operation, size }: Latency): string =>
  size === undefined ? operation : `${operation} ${formatValue(size, "bytes")}`;

/** What did not end well counts as infinite, as does what was never sent. */
const timeOf = ({ outcome, durationMs }: StorageSample): number => (outcome === "ok" ? durationMs : Infinity);

function latencyCase(objective: Latency, store: string, own: readonly StorageSample[]): Measured {
  const q = Number(objective.percentile.slice(1)) / 100;
  const { value, low, high, n } = estimateQuantile(sorted(own.map(timeOf)), q);
  const bad = own.filter(({ outcome }) => outcome !== "ok").length;
  return measured({
    function: `${store}: ${wanted(objective)}`,
    ...{ value, interval: { low, high }, n, needed: minimumSamples(q) },
    notes: bad === 0 ? [] : [`${bad} of ${n} did not end well`],
  });
}

/** Quantile of the time from the intended start of an operation to its end, of one size or of all. */
export const storageLatency: Quantity<Latency> = {
  unit: () => "ms",
  limitIs: () => "upper",
  timing: () => true,
  load: false,
  title: ({ operation, percentile }) => `${operation} ${percentile}`,
  measure: (objective, evidence, phase) => {
    const { operation, size, scope } = objective;
    const found = [...recordsOf(evidence, scope.store)].flatMap(([store, records]) => {
      const own = records
        .filter((record) => record.phase === phase.name)
        .flatMap(({ samples }) => samples)
        .filter((sample) => sample.operation === operation && sample.aside !== true)
        .filter(({ sizeBytes }) => size === undefined || sizeBytes === size);
      return own.length === 0 ? [] : [latencyCase(objective, store, own)];
    });
    if (found.length > 0) return found;
    const of = scope.store === undefined ? "" : ` of ${scope.store}`;
    return [measured({ broken: [`no ${wanted(objective)}${of} was recorded in ${phase.name}`] })];
  },
};

const listOf = (keys: readonly string[], file: string): string => {
  const more = keys.length - SHOWN_KEYS;
  return `${keys.slice(0, SHOWN_KEYS).join(", ")}${more > 0 ? ` and ${more} more, in ${file}` : ""}`;
};

/** Keys of an anomaly, or of any; a key counts once. */
const keysOf = ({ findings }: StorageCheck, anomaly: StorageAnomaly | "any"): string[] => [
  ...new Set(findings.filter((one) => anomaly === "any" || one.anomaly === anomaly).map(({ key }) => key)),
];

/** A read-back that did not read everything has shown nothing. */
function unsound(check: StorageCheck, phase: string, file: string): string[] {
  const broken: string[] = [];
  if (check.acknowledged === 0) broken.push(`no write that ${phase} reads back was acknowledged`);
  if (check.unread.length > 0)
    broken.push(`${check.unread.length} keys could not be read back: ${listOf(check.unread, file)}`);
  if (check.unlistable) broken.push("the store did not list its objects");
  return broken;
}

function lostCase(objective: Lost, store: string, check: StorageCheck, phase: string): Measured {
  const { anomaly = "any", unit } = objective;
  const file = `storage/${phase}-${store}.json`;
  const keys = keysOf(check, anomaly);
  const kinds = groupBy(check.findings, (one) => one.anomaly);
  const notes = [
    `${check.acknowledged} writes of ${check.acknowledgedKeys} keys acknowledged, ${check.unknown} unknown`,
    ...[...kinds].map(
      ([kind, own]) =>
        `${kind}: ${listOf(
          own.map(({ key }) => key),
          file,
        )}`,
    ),
  ];
  if (check.recovered.length > 0) notes.push(`${check.recovered.length} unknown ones are there`);
  return measured({
    function: store,
    value: unit === "share" ? keys.length / Math.max(1, check.acknowledgedKeys) : keys.length,
    n: check.acknowledged,
    notes,
    broken: unsound(check, phase, file),
  });
}

/**
 * Keys whose read-back no order of the acknowledged writes explains: an exact count, or its share of the keys that have an
 * acknowledged write. The phase is the one that reads back.
 */
export const storageLost: Quantity<Lost> = {
  unit: ({ unit }) => unit,
  limitIs: ({ operator }) => (({ "<=": "upper", ">=": "lower", "=": "exact" }) as const)[operator],
  timing: () => false,
  load: false,
  title: ({ anomaly = "any", unit }) => {
    const what = anomaly === "any" ? "keys lost or wrong" : `keys ${anomaly}`;
    return unit === "share" ? `share of ${what}` : what;
  },
  measure: (objective, evidence, phase: Phase) => {
    const found = [...recordsOf(evidence, objective.scope.store)]
      .filter(([, records]) => records.some((one) => one.phase === phase.name && one.verifies !== undefined))
      .map(([store, records]) => lostCase(objective, store, checkStorage(records, phase.name), phase.name));
    if (found.length > 0) return found;
    const of = objective.scope.store === undefined ? "" : ` of ${objective.scope.store}`;
    return [measured({ broken: [`nothing${of} was read back in ${phase.name}`] })];
  },
};
