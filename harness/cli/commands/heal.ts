import { rigError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { findRigs, needsEngine, removeRig, type RigParts } from "../../rig/driver/drivers.ts";
import { lockHolder } from "../../rig/rig-lock.ts";
import { checkRigName, knownRigs, readRigState, rigMaker } from "../../rig/rig-state.ts";
import { engineAnswers, ownsEngine, restartOwnEngine, stopOwnEngine } from "../../setup/own-engine.ts";
import { isAlive } from "../../toolchain/process-lock.ts";
import { type HealedRig, healRig } from "../heal/heal-rig.ts";
import { undoBeforeRemoval } from "../heal/undo-before-removal.ts";
import { Progress } from "../progress.ts";

interface Outcome {
  /** Rigs of killed runs that were made by them. */
  removed: string[];
  /** Rigs that a living process uses. */
  kept: string[];
  /** Rigs that this state folder knows nothing of, and that may be in use; why. */
  leftAlone: { rig: string; why: string }[];
  healed: HealedRig[];
  /** On clusters that outlive the rigs of killed runs. */
  undone: string[];
  startedEngine: boolean;
  stoppedEngine: boolean;
}

/**
 * The engine that keeps the rigs. One that edgeproof had started and that died is started again; anybody else's is not
 * touched.
 */
async function ensureEngine(): Promise<"answers" | "started" | "none"> {
  if (await engineAnswers()) return "answers";
  const rigs: string[] = [];
  for (const rig of await knownRigs()) if (await needsEngine(rig)) rigs.push(rig);
  if (rigs.length === 0) return "none";
  if (!ownsEngine())
    throw rigError(
      "NO_CONTAINER_ENGINE",
      `no container engine answers, so nothing of ${rigs.join(", ")} can be healed`,
      {
        where: process.env.DOCKER_HOST ?? "the default Docker socket",
        expected: "the Docker Engine that was there when the rig was made",
        fix: "start it (`systemctl start docker`, or Docker Desktop), then run `edgeproof heal` again",
      },
    );
  await restartOwnEngine();
  return "started";
}

async function healOne(rig: string, { others }: RigParts, outcome: Outcome): Promise<void> {
  const state = await readRigState(rig);
  if (others !== undefined) return void outcome.leftAlone.push({ rig, why: others });
  const inUse =
    lockHolder(rig) !== undefined ||
    (state?.owner !== undefined && isAlive(state.owner)) ||
    (await rigMaker(rig)) !== undefined;
  if (inUse) return void outcome.kept.push(rig);
  if (state && state.owner === undefined) return void outcome.healed.push(await healRig(rig));
  const undone = await undoBeforeRemoval(rig);
  if (undone.length > 0) outcome.undone.push(...undone.map((what) => `${rig}: ${what}`));
  await removeRig(rig, { say: new Progress(false).say });
  outcome.removed.push(rig);
}

/**
 * Puts right what killed runs left: rigs that they had made are removed, also where this state folder knows nothing of them
 * but they are orphans; what may be somebody else's is left alone, and told of. On rigs that `edgeproof up` left up, their
 * changes are undone, and nothing is in force afterwards. Any number of times.
 */
export async function heal(name: string | undefined, json: boolean): Promise<ExitCode> {
  if (name !== undefined) checkRigName(name);
  const outcome: Outcome = {
    ...{ removed: [], kept: [], leftAlone: [], healed: [], undone: [] },
    ...{ startedEngine: false, stoppedEngine: false },
  };
  const engine = await ensureEngine();
  outcome.startedEngine = engine === "started";
  for (const [rig, parts] of await findRigs())
    if (name === undefined || rig === name) await healOne(rig, parts, outcome);
  if (ownsEngine() && (await knownRigs()).length === 0) outcome.stoppedEngine = await stopOwnEngine();
  print(outcome, json);
  return outcome.healed.some(({ failed }) => failed.length > 0) ? ExitCode.broken : ExitCode.met;
}

function print(outcome: Outcome, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(outcome)}\n`);
  const { removed, kept, healed } = outcome;
  const lines = [
    ...(outcome.startedEngine ? ["started the Docker Engine again"] : []),
    ...outcome.undone.map((what) => `undone: ${what}`),
    ...healed.flatMap((one) => [
      ...one.healed.map((what) => `${one.rig}: undone: ${what}`),
      ...one.failed.map((what) => `${one.rig}: FAILED: ${what}`),
    ]),
    ...(outcome.stoppedEngine ? ["stopped the Docker Engine that edgeproof had started"] : []),
    ...(kept.length > 0 ? [`still in use: ${kept.join(", ")}`] : []),
    ...outcome.leftAlone.map(({ rig, why }) => `${rig} was left alone: ${why}; ${byName(rig)}`),
    summary(removed, healed),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** For people: what is to be done where nobody needs it. */
const byName = (rig: string): string => `if nobody needs it, \`edgeproof down ${rig}\` removes it`;

function summary(removed: readonly string[], healed: readonly HealedRig[]): string {
  const rigs = healed.map(({ rig, healed: done, failed }) =>
    failed.length > 0
      ? `${rig} (${done.length} undone, ${failed.length} FAILED)`
      : `${rig} (${done.length === 0 ? "nothing was in force" : `${done.length} undone, nothing is in force`})`,
  );
  const parts = [
    ...(removed.length > 0 ? [`removed: ${removed.join(", ")}`] : []),
    ...(rigs.length > 0 ? [`healed: ${rigs.join(", ")}`] : []),
  ];
  return parts.join("; ") || "nothing to heal";
}
