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

/**
 * Share of the host's CPU time that other work may take before times of two runs are no longer held against each other.
 * Far below saturation it changes them: on two cores, runs of one suite beside an editor's compiler and linter had p50s up to a
 * third longer.
 */
const OTHER_WORK = 0.03;

/** Why times of this phase are not to be compared with those of another run; undefined if they may be. */
export function disturbance(pressure: HostPressure): string | undefined {
  const { cpuForeign = 0 } = pressure;
  return cpuForeign > OTHER_WORK
    ? `other work took ${formatShare(cpuForeign)} of the host's CPU time (limit ${formatShare(OTHER_WORK)})`
    : saturation(pressure);
}
