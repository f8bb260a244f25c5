import { ExitCode } from "../../exit-codes.ts";
import { findLeftovers, removeLeftovers } from "../../rig/driver/container/container-driver.ts";
import { connectDocker } from "../../rig/driver/container/engine-client.ts";
import { checkRigName, knownRigs, readRigState, removeRigFolder } from "../../rig/rig-state.ts";
import { engineAnswers, ownsEngine, stopOwnEngine } from "../../setup/own-engine.ts";
import { isAlive } from "../../toolchain/process-lock.ts";

export interface DownOptions {
  /** Only rigs whose process is gone. */
  abandoned: boolean;
  json: boolean;
}

/**
 * Removes rigs: the one named, or all of them (`heal`: all that a killed run left). Stops the Docker Engine that
 * edgeproof started once no rig needs it. Any number of times; what is gone already is no error.
 */
export async function down(name: string | undefined, { abandoned, json }: DownOptions): Promise<ExitCode> {
  if (name !== undefined) checkRigName(name);
  const removed: string[] = [];
  const kept: string[] = [];
  const docker = (await engineAnswers()) ? await connectDocker() : undefined;
  const labelled = docker ? await findLeftovers(docker) : { containers: [], networks: [] };
  const rigs = new Set([
    ...(await knownRigs()),
    ...[...labelled.containers, ...labelled.networks].map(({ rig }) => rig),
  ]);
  for (const rig of name === undefined ? rigs : [name].filter((wanted) => rigs.has(wanted))) {
    const state = await readRigState(rig);
    const held = state !== undefined && (state.owner === undefined || isAlive(state.owner));
    if (abandoned && held) {
      kept.push(rig);
      continue;
    }
    if (docker) await removeLeftovers(docker, await findLeftovers(docker, rig));
    await removeRigFolder(rig);
    removed.push(rig);
  }
  const left = (await knownRigs()).length;
  const stopped = ownsEngine() && left === 0 && (await stopOwnEngine());
  if (json) process.stdout.write(`${JSON.stringify({ removed, kept, stoppedEngine: stopped })}\n`);
  else {
    process.stdout.write(removed.length > 0 ? `removed: ${removed.join(", ")}\n` : "nothing to remove\n");
    if (kept.length > 0) process.stdout.write(`still in use: ${kept.join(", ")}\n`);
    if (stopped) process.stdout.write("stopped the Docker Engine that edgeproof had started\n");
  }
  return ExitCode.met;
}
