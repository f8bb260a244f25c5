import { type CoordinatedOmission, coordinatedOmission } from "../judge/coordinated-omission.ts";
import { formatValue } from "../judge/format.ts";
import type { OpenLoad } from "../load/k6-args.ts";
import { rigError } from "../errors.ts";
import type { Cell } from "../matrix/cell.ts";
import type { FittedCell } from "../matrix/fit.ts";
import type { LoadAccount, Observation, Sample } from "../record/model.ts";
import type { Session } from "./session.ts";

/**
 * The open load that belongs to a closed one: its rate, for as long. k6 schedules nothing shorter than a second, in which
 * more requests than planned would fit at the end of a shorter one.
 */
export function openBeside({
  ratePerSecond: achieved,
  durationMs,
}: Pick<LoadAccount, "ratePerSecond" | "durationMs">): Pick<OpenLoad, "ratePerSecond" | "durationMs"> {
  // k6 takes requests in 1000 s as a whole number.
  const ratePerSecond = Math.max(0.001, Math.round(achieved * 1000) / 1000);
  return { ratePerSecond, durationMs: Math.max(durationMs, 1000 + 1000 / ratePerSecond) };
}

/**
 * Loads a cell's function by BenchFaaS's closed model, then by an open one at the rate that came of it, with the profile
 * in force, and records what the closed one left out. It counts as finished once all of that is recorded.
 */
export async function runCell(session: Session, cell: FittedCell): Promise<void> {
  const { phase, profile, note, users, thinkMs, until, timeoutMs } = cell;
  const { recorder } = session;
  session.signal.throwIfAborted();
  recorder.event({ type: "cell", at: Date.now(), phase, state: "begun" });
  if (note !== undefined) session.say(`  ${note}`);
  const load = { phase, timeoutMs, ...cell.work };
  let both: { closed: Sample[]; open: Sample[] } | undefined;
  await session.phase({ name: phase, kind: "steady", profile, note }, async () => {
    const closed = await session.loaded({ ...load, model: "closed", users, thinkMs, until });
    if (closed.samples.length === 0)
      throw rigError("CELL_EMPTY", `${load.fn} was sent no request in ${phase}`, {
        expected: "a duration above the think time",
      });
    both = { closed: closed.samples, open: await session.load({ ...load, ...openBeside(closed.account) }) };
  });
  const left = both && coordinatedOmission(both.closed, both.open);
  if (left) record(session, cell, left);
  recorder.event({ type: "cell", at: Date.now(), phase, state: "finished" });
  session.forgetFacts();
}

function record({ recorder, say }: Session, { phase, work }: Cell, left: CoordinatedOmission): void {
  const { ratio, differenceMs, detail } = left;
  if (ratio === undefined || differenceMs === undefined) {
    const text = `${phase}: no number for what the closed model leaves out: ${detail}`;
    say(`  ${text}`);
    return recorder.event({ type: "note", at: Date.now(), text });
  }
  say(`  p99 of the open model is ${formatValue(ratio, "ratio")} that of the closed one: ${detail}`);
  const about = { phase, subject: work.fn, deviceClass: "", detail };
  const observe = (observable: string, unit: Observation["unit"], value: number): void =>
    recorder.event({
      type: "observation",
      at: Date.now(),
      observation: { ...about, observable, unit, value },
    });
  observe("coordinated-omission-ratio", "ratio", ratio);
  observe("coordinated-omission-difference", "ms", differenceMs);
}
