import { WanClient } from "../../../chaos/wan/wan-client.ts";
import { ExitCode } from "../../exit-codes.ts";
import { attachRig } from "../../rig/attach-rig.ts";
import { findLeftovers } from "../../rig/driver/container/container-driver.ts";
import { connectDocker } from "../../rig/driver/container/engine-client.ts";
import { knownRigs, readRigState } from "../../rig/rig-state.ts";
import { WAN_SOCKET } from "../../rig/wan-service.ts";
import { engineAnswers, ownsEngine } from "../../setup/own-engine.ts";

interface RigStatus {
  rig: string;
  owner: number | undefined;
  containers: number;
  networks: number;
  /** Impaired directions, or why they are not known. */
  wan: unknown;
}

async function statusOf(rig: string): Promise<RigStatus> {
  const found = await findLeftovers(await connectDocker(), rig);
  const state = await readRigState(rig);
  const wan = await (async () => {
    const attached = await attachRig(rig);
    const client = await WanClient.connect(await attached.wan.connect({ unix: WAN_SOCKET }));
    const links = await client.inForce();
    await client.close();
    await attached.wan.disconnect();
    return links;
  })().catch((error: unknown) => `unknown: ${error instanceof Error ? error.message : String(error)}`);
  return {
    rig,
    owner: state?.owner,
    containers: found.containers.length,
    networks: found.networks.length,
    wan,
  };
}

/** Shows what is in force now: rigs, their containers and networks, impaired links, an engine started by edgeproof. */
export async function status(json: boolean): Promise<ExitCode> {
  const answers = await engineAnswers();
  const labelled = answers ? await findLeftovers(await connectDocker()) : { containers: [], networks: [] };
  const names = new Set([
    ...(await knownRigs()),
    ...[...labelled.containers, ...labelled.networks].map(({ rig }) => rig),
  ]);
  const rigs = answers ? await Promise.all([...names].map(statusOf)) : [];
  if (json) {
    process.stdout.write(`${JSON.stringify({ rigs, ownEngine: ownsEngine() })}\n`);
    return ExitCode.met;
  }
  for (const { rig, owner, containers, networks, wan } of rigs) {
    const held = owner === undefined ? "left up" : `process ${owner}`;
    process.stdout.write(`${rig}: ${held}, ${containers} containers, ${networks} networks\n`);
    if (typeof wan === "string") process.stdout.write(`  WAN ${wan}\n`);
    else for (const link of wan as object[]) process.stdout.write(`  WAN ${JSON.stringify(link)}\n`);
  }
  if (ownsEngine()) process.stdout.write("a Docker Engine started by edgeproof is running\n");
  if (rigs.length === 0)
    process.stdout.write(answers ? "no rig is up\n" : "no rig is up, and no container engine answers\n");
  return ExitCode.met;
}
