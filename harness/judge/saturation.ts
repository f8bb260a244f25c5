import type { HostPressure } from "../record/model.ts";
import { formatShare } from "./format.ts";

/**
 * Past one of these, a duration says more about the host than about the rig. The figures are edgeproof's own, for a
 * host that runs the whole rig: CPU that is never idle, runnable tasks that wait for a CPU more than 60 % of the time
 * (PSI `some`, https://docs.kernel.org/accounting/psi.html), or a tenth of the time taken by the hypervisor.
 */
const SATURATION = { cpuBusy: 0.97, psiCpuSome: 0.6, cpuSteal: 0.1 } as const;

/** Why the host was too busy for durations to count; undefined if it was not. */
export const saturation = (pressure: HostPressure): string | undefined => {
  const past = [
    ["CPU busy", pressure.cpuBusy, SATURATION.cpuBusy],
    ["CPU pressure", pressure.psiCpuSome ?? 0, SATURATION.psiCpuSome],
    ["CPU steal", pressure.cpuSteal, SATURATION.cpuSteal],
  ] as const;
  const found = past
    .filter(([, measured, limit]) => measured > limit)
    .map(([what, measured, limit]) => `${what} ${formatShare(measured)} (limit ${formatShare(limit)})`);
  return found.length === 0 ? undefined : `the host was saturated: ${found.join(", ")}`;
};
