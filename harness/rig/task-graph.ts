import { onAbort } from "./until-aborted.ts";

/** A step of bringing something up: starts when all of `needs` are done. */
interface Task {
  name: string;
  needs: readonly string[];
  run: () => Promise<void>;
}

export interface TaskTiming {
  name: string;
  /** Milliseconds since the graph began. */
  startedAt: number;
  endedAt: number;
}

export interface TaskGraphOptions {
  /** How many tasks may run at once; 1 gives the plain serial order that the benchmark compares with. */
  concurrency?: number;
  onStart?: (name: string) => void;
  onDone?: (timing: TaskTiming) => void;
  signal?: AbortSignal | undefined;
  /** Whether an abort waits for the end of a task: what it makes would outlive what removes it. */
  mustEnd?: (name: string) => boolean;
  /** How long an abort waits for the others, ms. They may go on then, and what becomes of them is nobody's concern. */
  graceMs?: number;
  /** Whether a task need not be run any more; those that wait for it go on. */
  skip?: (name: string) => boolean;
  /** Whether the rest goes on though a task failed. */
  forgive?: (name: string, error: unknown) => boolean;
}

const GRACE_MS = 5_000;

/**
 * Runs tasks as early as their needs allow. The first failure stops new tasks, and is thrown once the rest ended. An abort
 * does not wait for tasks that wait for something that may never come.
 */
export class TaskGraph {
  private readonly tasks = new Map<string, Task>();

  add(name: string, needs: readonly string[], run: () => Promise<void>): this {
    if (this.tasks.has(name)) throw new Error(`task ${name} was added twice`);
    this.tasks.set(name, { name, needs, run });
    return this;
  }

  async run(options: TaskGraphOptions = {}): Promise<TaskTiming[]> {
    for (const task of this.tasks.values())
      for (const need of task.needs)
        if (!this.tasks.has(need)) throw new Error(`task ${task.name} needs ${need}, which does not exist`);

    const began = performance.now();
    const timings: TaskTiming[] = [];
    const waiting = new Map(this.tasks);
    const done = new Set<string>();
    const running = new Map<string, Promise<void>>();
    let failure: { error: unknown } | undefined;

    const launch = ({ name, run }: Task): void => {
      waiting.delete(name);
      options.onStart?.(name);
      const startedAt = performance.now() - began;
      const finished = (options.skip?.(name) ? Promise.resolve() : run())
        .then(() => {
          done.add(name);
          const timing = { name, startedAt, endedAt: performance.now() - began };
          timings.push(timing);
          options.onDone?.(timing);
        })
        .catch((error: unknown) => {
          if (options.forgive?.(name, error)) done.add(name);
          else failure ??= { error };
        })
        .finally(() => running.delete(name));
      running.set(name, finished);
    };

    let abort = (): void => undefined;
    const aborted = new Promise<void>((resolve) => (abort = resolve));
    using _abort = onAbort(options.signal, abort);
    for (;;) {
      if (options.signal?.aborted) {
        // Others fail because of the abort.
        const first = failure ?? { error: options.signal.reason as Error };
        await letGo(running, options);
        throw first.error;
      }
      if (!failure)
        for (const task of waiting.values()) {
          if (running.size >= (options.concurrency ?? Infinity)) break;
          if (task.needs.every((need) => done.has(need))) launch(task);
        }
      if (running.size === 0) break;
      await Promise.race([...running.values(), aborted]);
    }
    if (failure) throw failure.error;
    if (waiting.size > 0) throw new Error(`tasks wait for each other: ${[...waiting.keys()].join(", ")}`);
    return timings;
  }
}

/** Of an abort: waits for the tasks that have to end, and a while for the others. */
async function letGo(
  running: ReadonlyMap<string, Promise<void>>,
  { mustEnd = () => true, graceMs = GRACE_MS }: TaskGraphOptions,
): Promise<void> {
  const of = (must: boolean): Promise<void>[] =>
    [...running].flatMap(([name, ended]) => (mustEnd(name) === must ? [ended] : []));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
  await Promise.all([...of(true), Promise.race([Promise.all(of(false)), late])]);
  clearTimeout(timer);
}
