import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { forgetState, keepState, keptState } from "./kept-state.ts";

/** A machine's clocks, ms. `steady` (CLOCK_MONOTONIC) is not moved by setting the wall clock, and begins anew at boot. */
export interface Clocks {
  wall(): number;
  steady(): number;
  bootId(): string;
  setWall(ms: number): void;
}

const machineClocks: Clocks = {
  wall: () => Date.now(),
  steady: () => Number(process.hrtime.bigint()) / 1e6,
  bootId: () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
  setWall: (ms) =>
    void execFileSync("date", ["--utc", `--set=@${(ms / 1000).toFixed(6)}`], {
      stdio: ["ignore", "ignore", "pipe"],
    }),
};

interface Anchor {
  bootId: string;
  /** Wall clock minus steady clock before it was set. */
  wallOverSteady: number;
}

/** Sets the wall clock ahead (or, if negative, back), and notes the true time by the clock that is not set. */
export function skewClock(name: string, offsetMs: number, clocks = machineClocks, folder?: string): void {
  const anchor: Anchor = { bootId: clocks.bootId(), wallOverSteady: clocks.wall() - clocks.steady() };
  keepState(name, anchor, folder);
  if (offsetMs !== 0) clocks.setWall(anchor.wallOverSteady + clocks.steady() + offsetMs);
}

/**
 * Sets the wall clock to what it would be now. Nothing where it was not set under this name, or where the machine has
 * booted since: it took its time anew then.
 */
export function restoreClock(name: string, clocks = machineClocks, folder?: string): void {
  const anchor = keptState(name, folder) as Anchor | undefined;
  if (anchor?.bootId === clocks.bootId()) clocks.setWall(anchor.wallOverSteady + clocks.steady());
  forgetState(name, folder);
}
