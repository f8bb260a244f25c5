import { ExitCode } from "../../exit-codes.ts";
import { findLeftovers, removeLeftovers } from "../../rig/driver/container/container-driver.ts";
import { connectDocker } from "../../rig/driver/container/engine-client.ts";
import { checkRigName, knownRigs, removeRigFolder } from "../../rig/rig-state.ts";
import { engineAnswers, ownsEngine, stopOwnEngine } from "../../setup/own-engine.ts";

/**
 * Removes rigs: the one named, or all of them. Stops the Docker Engine that edgeproof started once no rig needs it. Any
 * number of times; what is gone already is no error.
 */
export async function down(name: string | undefined, json: boolean): Promise<ExitCode> {
  if (name !== undefined) checkRigName(name);
  const removed: string[] = [];
  const docker = (await engineAnswers()) ? await connectDocker() : undefined;
  const labelled = docker ? await findLeftovers(docker) : { containers: [], networks: [] };
  const rigs = new Set([
    ...(await knownRigs()),
    ...[...labelled.containers, ...labelled.networks].map(({ rig }) => rig),
  ]);
  for (const rig of name === undefined ? rigs : [name].filter((wanted) => rigs.has(wanted))) {
    if (docker) await removeLeftovers(docker, await findLeftovers(docker, rig));
    await removeRigFolder(rig);
    removed.push(rig);
  }
  const left = (await knownRigs()).length;
  const stopped = ownsEngine() && left === 0 && (await stopOwnEngine());
  if (json) process.stdout.write(`${JSON.stringify({ removed, stoppedEngine: stopped })}\n`);
  else {
    process.stdout.write(removed.length > 0 ? `removed: ${removed.join(", ")}\n` : "nothing to remove\n");
    if (stopped) process.stdout.write("stopped the Docker Engine that edgeproof had started\n");
  }
  return ExitCode.met;
}
