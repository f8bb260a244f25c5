import type { HostPressure } from "../record/model.ts";
import { formatShare } from "./format.ts";

/**
 * Past one of these, a duration says more about the host than about the rig: busy CPUs, runnable tasks that wait for
 * one (PSI `some`, https://docs.kernel.org/accounting/psi.html), time taken by the hypervisor. The figures are
 * edgeproof's own, read off 14 quickstarts on one host of two cores: undisturbed phases had 13 to 84 % busy and 10 to
 * 73 % pressure; with a compiler or a linter beside them 90 to 99 % busy and 67 to 93 % pressure. Busy tells them apart.
 */
const SATURATION = { cpuBusy: 0.9, psiCpuSome: 0.85, cpuSteal: 0.1 } as const;

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
