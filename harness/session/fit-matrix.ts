import { cpus } from "node:os";

import { rigError } from "../errors.ts";
import { quantile, sorted } from "../judge/quantile.ts";
import type { Cell } from "../matrix/cell.ts";
import { type FittedCell, fitCells, sweepsToFit } from "../matrix/fit.ts";
import type { Session } from "./session.ts";

const OBSERVABLE = "service-time";
const ITERATIONS = 20;
const THINK_MS = 20;

/** Median time of an iteration for a lone user with nothing added to the network, ms; the one that a resumed run had. */
async function serviceMs(session: Session, cell: Cell): Promise<number> {
  const { sweep, work, timeoutMs } = cell;
  const phase = `fit-${sweep}`;
  const known = session
    .recorded(phase)
    .events.flatMap((event) =>
      event.type === "observation" && event.observation.observable === OBSERVABLE ? [event.observation] : [],
    )
    .find((observation) => observation.phase === phase);
  if (known?.value !== undefined) return known.value;
  let median = NaN;
  await session.phase({ name: phase, kind: "baseline", profile: "lcl" }, async () => {
    const samples = await session.load({
      ...{ phase, timeoutMs, ...work },
      ...{ model: "closed", users: 1, thinkMs: THINK_MS, until: { iterations: ITERATIONS } },
    });
    const completed = samples.filter(({ outcome }) => outcome === "completed");
    median = quantile(sorted(completed.map(({ durationMs }) => durationMs)), 0.5);
  });
  if (!(median > 0))
    throw rigError("NO_SERVICE_TIME", `${work.fn} completed no request, so nothing can be fitted to it`);
  session.recorder.event({
    type: "observation",
    at: Date.now(),
    observation: {
      ...{ phase, observable: OBSERVABLE, subject: work.fn, deviceClass: "", unit: "ms", value: median },
      detail: `median of ${ITERATIONS} requests of one user`,
    },
  });
  session.forgetFacts();
  return median;
}

/**
 * The cells with no more users than this host can carry, by a short calibration of each sweep that is to be run. All cells of
 * the form are fitted together: one that is run alone has the users that it has beside the others.
 */
export async function fitMatrix(
  session: Session,
  toRun: readonly Cell[],
  all: readonly Cell[],
): Promise<Map<string, FittedCell>> {
  const service = new Map<string, number>();
  for (const cell of sweepsToFit(toRun)) service.set(cell.sweep, await serviceMs(session, cell));
  return new Map(fitCells(all, service, cpus().length).map((cell) => [cell.phase, cell]));
}
