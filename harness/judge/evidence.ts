import { groupBy } from "../record/group-by.ts";
import type { MessageAccount } from "../record/messages.ts";
import type {
  ColdStart,
  HostPressure,
  LoadAccount,
  LoadModel,
  NodeFailure,
  Observation,
  Phase,
  Receipt,
  RecordedRun,
  RunEvent,
  RunHeader,
  ScaleOut,
} from "../record/model.ts";
import type { StorageRecord } from "../record/storage.ts";
import { completedOf, type RequestGroup } from "../record/request-groups.ts";
import { factsOf, type RunFacts } from "../record/run-facts.ts";
import { formatDuration } from "./format.ts";

/** A run's facts, sorted by what they are about. */
export interface Evidence {
  phases: Phase[];
  /** Of both models. */
  accounts: LoadAccount[];
  messages: MessageAccount[];
  receipts: Receipt[];
  scaleOuts: ScaleOut[];
  coldStarts: ColdStart[];
  nodeFailures: NodeFailure[];
  pressure: HostPressure[];
  observations: Observation[];
  /** Operations on stores. */
  storage: StorageRecord[];
  /** Phases that a guard rail ended, with why. */
  aborts: { phase: string; reason: string }[];
  /** Durations were multiplied by this; undefined when they were what the scenario says. */
  pace: number | undefined;
  /** Of one model only, so that what a closed load measured never counts as what an open one did. @default "open" */
  requestsOf(phase: string, model?: LoadModel): readonly RequestGroup[];
  /** The same of accounts. */
  accountsOf(phase: string, model?: LoadModel): LoadAccount[];
  deviceClasses: string[];
  nodes: RunHeader["nodes"];
  /** Why nothing in this run can be judged; empty if it can. */
  broken: string[];
}

type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

const ofType = <T extends RunEvent["type"]>(run: RunFacts, type: T): EventOf<T>[] =>
  run.events.filter((event): event is EventOf<T> => event.type === type);

/** The last word on each thing: an event may be recorded again with what has become known since. */
const lastOf = <T>(values: T[], keyOf: (value: T) => string): T[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

const brokenRun = (run: RunFacts): string[] => {
  const reasons = ofType(run, "trouble").map(({ what }) => `trouble: ${what}`);
  const end = ofType(run, "end").at(-1);
  // A suite judges while its run goes on: it vouches for `complete` before there is an end.
  if (!run.complete) reasons.push("the run was cut off: it has no end");
  else if (end && end.status !== "finished") reasons.push(`the run ended as ${end.status}`);
  return reasons;
};

/** @param recorded a run in memory, or as `readFacts` reads it */
export const evidenceOf = (recorded: RecordedRun | RunFacts): Evidence => {
  const run = "requests" in recorded ? recorded : factsOf(recorded);
  const requests = groupBy(run.requests, ({ phase, model }) => `${phase} ${model}`);
  const accounts = ofType(run, "load").map(({ account }) => account);
  const phases = lastOf(
    ofType(run, "phase").map(({ phase }) => phase),
    ({ name }) => name,
  );
  return {
    phases: phases.toSorted((a, b) => a.startedAt - b.startedAt || (a.name < b.name ? -1 : 1)),
    accounts,
    messages: ofType(run, "messages").map(({ account }) => account),
    receipts: ofType(run, "receipt").map(({ receipt }) => receipt),
    scaleOuts: ofType(run, "scale-out").map(({ scaleOut }) => scaleOut),
    coldStarts: ofType(run, "cold-start").map(({ coldStart }) => coldStart),
    nodeFailures: lastOf(
      ofType(run, "node-failure").map(({ nodeFailure }) => nodeFailure),
      ({ phase, node, killedAt }) => `${phase}/${node}/${killedAt}`,
    ),
    pressure: ofType(run, "pressure").map(({ pressure }) => pressure),
    observations: ofType(run, "observation").map(({ observation }) => observation),
    storage: ofType(run, "storage").map(({ storage }) => storage),
    aborts: ofType(run, "abort").map(({ phase, reason }) => ({ phase, reason })),
    pace: typeof run.header.settings.pace === "number" ? run.header.settings.pace : undefined,
    requestsOf: (phase, model = "open") => requests.get(`${phase} ${model}`) ?? [],
    accountsOf: (phase, model = "open") =>
      accounts.filter((account) => account.phase === phase && (account.model ?? "open") === model),
    deviceClasses: [...new Set(run.header.nodes.map(({ deviceClass }) => deviceClass))].toSorted(),
    nodes: run.header.nodes,
    broken: brokenRun(run),
  };
};

/** Of a receipt that has many, in a verdict's reason. */
const SHOWN_REASONS = 2;

const overlaps = (receipt: Receipt, phase: Phase): boolean =>
  receipt.injectedAt < phase.endedAt && receipt.healedAt > phase.startedAt;

/** All of them are with the receipt. */
function firstOf(reasons: readonly string[]): string {
  const shown = reasons.slice(0, SHOWN_REASONS).join("; ") || "no reason given";
  const more = reasons.length - SHOWN_REASONS;
  return more > 0 ? `${shown}; and ${more} more` : shown;
}

const receiptProblems = (evidence: Evidence, phase: Phase): string[] => {
  const own = evidence.receipts.filter(
    (receipt) =>
      receipt.phase === phase.name || (phase.faults.includes(receipt.fault) && overlaps(receipt, phase)),
  );
  const missing = phase.faults.filter((fault) => !own.some((receipt) => receipt.fault === fault));
  return [
    ...own
      .filter(({ held }) => !held)
      .map(({ fault, reasons }) => `the receipt of ${fault} does not hold: ${firstOf(reasons)}`),
    ...missing.map((fault) => `there is no receipt of ${fault}`),
  ];
};

/** Requests that the samples, the account's outcomes and k6's own count do not agree about. */
const accountProblems = (evidence: Evidence, phase: Phase, model: LoadModel): string[] => {
  const counted = groupBy(evidence.requestsOf(phase.name, model), ({ fn }) => fn);
  const accounts = groupBy(evidence.accountsOf(phase.name, model), ({ fn }) => fn);
  const functions = [...new Set([...counted.keys(), ...accounts.keys()])].toSorted();
  return functions.flatMap((fn) => {
    const groups = counted.get(fn) ?? [];
    const seen = {
      completed: groups.reduce((sum, one) => sum + completedOf(one), 0),
      failed: groups.reduce((sum, { failed }) => sum + failed, 0),
      "timed-out": groups.reduce((sum, { timedOut }) => sum + timedOut, 0),
    };
    const own = accounts.get(fn);
    if (!own) return [`${seen.completed + seen.failed + seen["timed-out"]} samples of ${fn} have no account`];
    const total = (of: (account: LoadAccount) => number): number =>
      own.reduce((sum, one) => sum + of(one), 0);
    const problems: string[] = [];
    const gap = total((one) => one.offered - one.completed - one.failed - one.timedOut - one.dropped);
    if (gap !== 0) problems.push(`requests of ${fn} that are unaccounted for: ${gap}`);
    for (const [outcome, claimed] of [
      ["completed", total((one) => one.completed)],
      ["failed", total((one) => one.failed)],
      ["timed-out", total((one) => one.timedOut)],
    ] as const) {
      if (seen[outcome] !== claimed)
        problems.push(`${fn} has ${seen[outcome]} ${outcome} samples, its account says ${claimed}`);
    }
    return problems;
  });
};

/** The phase did not last as long as it should have. */
const abortProblems = (evidence: Evidence, phase: Phase): string[] =>
  evidence.aborts
    .filter((abort) => abort.phase === phase.name)
    .map(({ reason }) => `a guard rail ended the phase: ${reason}`);

/** Why nothing in this phase can be judged; empty if it can. */
export const brokenPhase = (evidence: Evidence, phase: Phase): string[] => [
  ...evidence.broken,
  ...abortProblems(evidence, phase),
  ...receiptProblems(evidence, phase),
  ...accountProblems(evidence, phase, "open"),
  ...accountProblems(evidence, phase, "closed"),
];

/** Largest difference between planned and offered requests at which the load still counts as the one asked for. */
const offeredTolerance = (planned: number): number => Math.max(planned * 0.001, 1);

/** Where the load was not the one that was asked for; empty if it was. `fn` undefined: all functions. */
export const loadProblems = (
  evidence: Evidence,
  phase: Phase,
  fn: string | undefined,
  model: LoadModel = "open",
): string[] =>
  evidence
    .accountsOf(phase.name, model)
    .filter((account) => fn === undefined || account.fn === fn)
    .filter(({ planned, offered }) => Math.abs(offered - planned) > offeredTolerance(planned))
    .map(
      ({ fn: name, planned, offered, durationMs }) =>
        `${offered} requests of ${name} were offered in ${formatDuration(durationMs)}, ${planned} were planned`,
    );
