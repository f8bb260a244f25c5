import type { LoadModel, Sample } from "./load.ts";

/** Requests of one phase, load model, function and node, as far as judging needs them. */
export interface RequestGroup {
  phase: string;
  model: LoadModel;
  fn: string;
  /** Both empty for those that nobody answered. */
  node: string;
  deviceClass: string;
  /** Durations of the completed ones in ms: each part ascending. */
  completed: Float64Array[];
  failed: number;
  timedOut: number;
  /** Latest intended start of a completed one, ms since the epoch; -Infinity where there is none. */
  lastCompletedAt: number;
  /** By the second, since the epoch, in which they were to start. */
  seconds: Map<number, SecondOfRequests>;
}

export interface SecondOfRequests {
  started: number;
  completed: number;
}

/** How many completed. */
export const completedOf = ({ completed }: Pick<RequestGroup, "completed">): number =>
  completed.reduce((sum, { length }) => sum + length, 0);

/** How many were started. */
export const startedOf = (group: RequestGroup): number => completedOf(group) + group.failed + group.timedOut;

const CHUNK = 1 << 16;

/** Durations, as many as come, in pieces that never move. */
class Durations {
  private readonly full: Float64Array[] = [];
  private last = new Float64Array(64);
  private used = 0;

  add(value: number): void {
    if (this.used === this.last.length) this.grow();
    this.last[this.used++] = value;
  }

  /** All of them in ascending pieces, which are sorted where they are: nothing is copied. */
  take(): Float64Array[] {
    const pieces = [...this.full, this.last.slice(0, this.used)];
    return pieces.filter(({ length }) => length > 0).map((piece) => piece.sort());
  }

  private grow(): void {
    if (this.last.length === CHUNK) {
      this.full.push(this.last);
      this.last = new Float64Array(CHUNK);
      this.used = 0;
      return;
    }
    const larger = new Float64Array(Math.min(CHUNK, this.last.length * 8));
    larger.set(this.last);
    this.last = larger;
  }
}

type GroupName = Pick<RequestGroup, "phase" | "model" | "fn" | "node" | "deviceClass">;

const keyOf = ({ phase, model, fn, node, deviceClass }: GroupName): string =>
  [phase, model, fn, node, deviceClass].join("\0");

/** A group under construction. */
export class GroupBuilder {
  private readonly durations = new Durations();
  private readonly seconds = new Map<number, SecondOfRequests>();
  private failed = 0;
  private timedOut = 0;
  private lastCompletedAt = -Infinity;
  private current: SecondOfRequests = { started: 0, completed: 0 };
  private currentSecond = NaN;

  add(outcome: Sample["outcome"], intendedAt: number, durationMs: number): void {
    const second = Math.floor(intendedAt / 1000);
    if (second !== this.currentSecond) this.turnTo(second);
    this.current.started++;
    if (outcome === "completed") {
      this.current.completed++;
      if (intendedAt > this.lastCompletedAt) this.lastCompletedAt = intendedAt;
      this.durations.add(durationMs);
    } else if (outcome === "failed") this.failed++;
    else this.timedOut++;
  }

  finish(named: GroupName): RequestGroup {
    const { failed, timedOut, lastCompletedAt, seconds } = this;
    return { ...named, completed: this.durations.take(), failed, timedOut, lastCompletedAt, seconds };
  }

  private turnTo(second: number): void {
    this.currentSecond = second;
    this.current = this.seconds.get(second) ?? { started: 0, completed: 0 };
    this.seconds.set(second, this.current);
  }
}

/** Puts samples into their groups, one by one. */
export class GroupsBuilder {
  private readonly builders = new Map<string, { named: GroupName; of: GroupBuilder }>();

  /** Where requests like this one belong. */
  builderOf({ phase, fn, node, deviceClass, model: recorded }: Sample): GroupBuilder {
    const named: GroupName = { phase, model: recorded ?? "open", fn, node, deviceClass };
    const key = keyOf(named);
    const found = this.builders.get(key) ?? { named, of: new GroupBuilder() };
    this.builders.set(key, found);
    return found.of;
  }

  finish(): RequestGroup[] {
    return [...this.builders.values()].map(({ named, of }) => of.finish(named));
  }
}

/** Groups of several parts of a run as those of the whole. */
export function mergeGroups(parts: readonly RequestGroup[][]): RequestGroup[] {
  const merged = new Map<string, RequestGroup>();
  for (const group of parts.flat()) {
    const known = merged.get(keyOf(group));
    if (!known) {
      merged.set(keyOf(group), group);
      continue;
    }
    known.completed.push(...group.completed);
    known.failed += group.failed;
    known.timedOut += group.timedOut;
    known.lastCompletedAt = Math.max(known.lastCompletedAt, group.lastCompletedAt);
    for (const [second, { started, completed }] of group.seconds) {
      const there = known.seconds.get(second) ?? { started: 0, completed: 0 };
      known.seconds.set(second, {
        started: there.started + started,
        completed: there.completed + completed,
      });
    }
  }
  return [...merged.values()];
}

const known = new WeakMap<readonly Sample[], RequestGroup[]>();

/** Groups of samples that are in memory; those of the same array are made once. */
export function groupsOf(samples: readonly Sample[]): RequestGroup[] {
  const before = known.get(samples);
  if (before) return before;
  const builder = new GroupsBuilder();
  for (const sample of samples)
    builder.builderOf(sample).add(sample.outcome, sample.intendedAt, sample.durationMs);
  const groups = builder.finish();
  known.set(samples, groups);
  return groups;
}
