import { formatDuration, formatShare } from "../judge/format.ts";
import type { Cell } from "./cell.ts";

/**
 * Share of the host's cores that requests may keep busy: the other half is for k6, the WAN router and Kubernetes, which
 * are on the same host. edgeproof's own figure; above 90 % the judge calls a host saturated.
 */
const FIT_SHARE = 0.5;

/** A cell as it is run. */
export interface FittedCell extends Cell {
  /** Undefined if it is run as asked for. */
  note?: string;
}

/**
 * Users whom a host can carry: each asks once in think time + service time, and so keeps a core busy for
 * service / (think + service) of the time, if all of the service time is computing (less of it is: the bound is safe).
 */
export const usersThatFit = ({ thinkMs, work: { steps } }: Cell, serviceMs: number, cores: number): number =>
  Math.max(1, Math.floor((cores * FIT_SHARE * (thinkMs * steps + serviceMs)) / serviceMs));

/** Sweeps that have a cell with more than one user, which alone can be made smaller, each by its first cell. */
export const sweepsToFit = (cells: readonly Cell[]): Cell[] =>
  [...new Map(cells.toReversed().map((cell) => [cell.sweep, cell])).values()]
    .toReversed()
    .filter(({ sweep }) => cells.some((cell) => cell.sweep === sweep && cell.users > 1));

/**
 * Scales each sweep by what its largest cell needs to fit, so that cells which differ in their users still do.
 *
 * @param serviceMs Time of one iteration for a lone user, by sweep; a sweep without one stays as it is
 */
export function fitCells(
  cells: readonly Cell[],
  serviceMs: ReadonlyMap<string, number>,
  cores: number,
): FittedCell[] {
  return cells.map((cell): FittedCell => {
    const service = serviceMs.get(cell.sweep);
    if (service === undefined || !(service > 0)) return cell;
    const most = Math.max(...cells.filter(({ sweep }) => sweep === cell.sweep).map(({ users }) => users));
    const factor = Math.min(1, usersThatFit(cell, service, cores) / most);
    const users = Math.max(1, Math.floor(cell.users * factor + 1e-9));
    if (users === cell.users) return cell;
    const why = `${formatDuration(service)} a request, ${formatShare(FIT_SHARE)} of ${cores} cores`;
    return { ...cell, users, note: `asked ${cell.users} users, run with ${users} (fit: ${why})` };
  });
}
