import { ExitCode } from "../../exit-codes.ts";
import { usageError } from "../../errors.ts";
import { findRigs, removeRig } from "../../rig/driver/drivers.ts";
import { checkRigName, knownRigs, readRigState } from "../../rig/rig-state.ts";
import { undoBeforeRemoval } from "../heal/undo-before-removal.ts";
import { ensureConfirmed } from "../../scenario/confirm.ts";
import { ownsEngine, stopOwnEngine } from "../../setup/own-engine.ts";
import { isAlive } from "../../toolchain/process-lock.ts";
import { Progress } from "../progress.ts";

export interface DownOptions {
  json: boolean;
  /** Name of the rig of real machines that may be changed. */
  confirm?: string;
}

/** Refuses before the first rig is touched, so that a refusal leaves all as it was. */
async function ensureAllConfirmed(rigs: readonly string[], confirm: string | undefined): Promise<void> {
  for (const rig of rigs)
    ensureConfirmed((await readRigState(rig))?.driver.kind ?? "container", rig, confirm);
}

/**
 * Removes rigs: the one named, whoever made it, or all but those that may be somebody else's. Stops the Docker Engine that edgeproof started once no rig needs it. Any
 * number of times; what is gone already is no error.
 */
export async function down(name: string | undefined, { json, confirm }: DownOptions): Promise<ExitCode> {
  if (name !== undefined) checkRigName(name);
  const removed: string[] = [];
  const found = await findRigs();
  const leftAlone: { rig: string; why: string }[] = [];
  if (name === undefined)
    for (const [rig, { others }] of found) if (others !== undefined) leftAlone.push({ rig, why: others });
  const chosen = [...found.keys()].filter((rig) =>
    name === undefined ? leftAlone.every((one) => one.rig !== rig) : rig === name,
  );
  const { say } = new Progress(false);
  await ensureAllConfirmed(chosen, confirm);
  for (const rig of chosen) {
    const state = await readRigState(rig);
    const { owner } = state ?? {};
    // A run that lives goes on with what is taken from under it: on what outlives the rig that is refused.
    if (
      state &&
      state.driver.kind !== "container" &&
      owner !== undefined &&
      isAlive(owner) &&
      owner !== process.pid
    )
      throw usageError("RIG_IN_USE", `process ${owner} uses the rig ${rig}`, {
        where: rig,
        fix: "end it (Ctrl-C, or kill it), then run this again",
      });
    await undoBeforeRemoval(rig);
    await removeRig(rig, { say, everybodys: found.get(rig)?.others !== undefined });
    removed.push(rig);
  }
  const left = (await knownRigs()).length;
  const stopped = ownsEngine() && left === 0 && (await stopOwnEngine());
  if (json) process.stdout.write(`${JSON.stringify({ removed, leftAlone, stoppedEngine: stopped })}\n`);
  else {
    for (const { rig, why } of leftAlone) process.stdout.write(`${rig} was left alone: ${why}\n`);
    process.stdout.write(removed.length > 0 ? `removed: ${removed.join(", ")}\n` : "nothing to remove\n");
    if (stopped) process.stdout.write("stopped the Docker Engine that edgeproof had started\n");
  }
  return ExitCode.met;
}
