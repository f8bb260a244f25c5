import type { ReceiptCheck } from "../../harness/record/model.ts";
import { type Evidence, type StateReading, checkStates, watchStates } from "./evidence.ts";

/** A state, and what it should be around the fault. */
export interface ExpectedState extends StateReading {
  /** Undefined: not judged then. */
  before?: boolean;
  during?: boolean;
  after?: boolean;
  /** Becomes so some time within the window: judged at its end, waited for up to this long, ms. */
  withinMs?: number;
}

/** Readings start programs on several machines: no more than one a second of each. */
const INTERVAL_MS = 1_000;
const RETRY_MS = 250;

const asked = (states: readonly ExpectedState[], when: "before" | "during" | "after", wanted: boolean) =>
  states.filter((state) => state[when] === wanted);

async function check(states: readonly ExpectedState[], when: "before" | "after"): Promise<ReceiptCheck[]> {
  const [yes, no] = await Promise.all([
    checkStates(asked(states, when, true), true),
    checkStates(asked(states, when, false), false),
  ]);
  return [...yes, ...no];
}

/** One check of a state that may need its time. */
async function settled(state: ExpectedState): Promise<ReceiptCheck[]> {
  const until = Date.now() + (state.withinMs ?? 0);
  for (;;) {
    const [found] = await checkStates([state], state.during ?? true);
    if (found?.held || Date.now() >= until) return found ? [found] : [];
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Evidence by yes-or-no readings, each with its own expectation before, during and after. */
export function stateEvidence(states: readonly ExpectedState[]): Evidence {
  const steady = states.filter(({ withinMs }) => withinMs === undefined);
  const slow = states.filter(({ during, withinMs }) => during !== undefined && withinMs !== undefined);
  return {
    before: () => check(states, "before"),
    during() {
      const watches = [true, false].map((wanted) =>
        watchStates(asked(steady, "during", wanted), wanted, INTERVAL_MS),
      );
      return {
        async stop() {
          const ended = await Promise.all([...watches.map((watch) => watch.stop()), ...slow.map(settled)]);
          return ended.flat();
        },
      };
    },
    after: () => check(states, "after"),
  };
}

/** Resolves with true as soon as all readings say `wanted`, `times` times in a row; with false at the time limit. */
export async function untilAll(
  readings: readonly Pick<StateReading, "read">[],
  wanted: boolean,
  { timeoutMs, times = 1 }: { timeoutMs: number; times?: number },
): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  for (let row = 0; ;) {
    const now = await Promise.all(readings.map(({ read }) => read().catch(() => undefined)));
    row = now.every((value) => value === wanted) ? row + 1 : 0;
    if (row >= times) return true;
    if (Date.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
