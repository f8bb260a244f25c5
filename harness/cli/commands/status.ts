import { ExitCode } from "../../exit-codes.ts";
import { attachRig } from "../../rig/attach-rig.ts";
import { type RigParts, findRigs, needsEngine } from "../../rig/driver/drivers.ts";
import { type LockHolder, lockHolder } from "../../rig/rig-lock.ts";
import { readRigState } from "../../rig/rig-state.ts";
import { engineAnswers, ownsEngine } from "../../setup/own-engine.ts";
import { isAlive } from "../../toolchain/process-lock.ts";
import { type InForce, describeInForce, inForce } from "../heal/in-force.ts";
import { messageOf } from "../../errors.ts";

interface RigStatus {
  rig: string;
  /** Process that holds the rig; undefined for one that was left up. */
  owner: number | undefined;
  ownerAlive: boolean;
  /** The run or heal that works on it now. */
  usedBy: LockHolder | undefined;
  containers: number;
  networks: number;
  /** Real ones. */
  machines: number;
  /** Why it may be in use by somebody else, in words; undefined where it is not. */
  others: string | undefined;
  /** On existing clusters. */
  namespaces: number;
  /** Undefined where the rig cannot be asked, for the reason in `trouble`. */
  inForce: InForce | undefined;
  trouble: string | undefined;
}

async function statusOf(rig: string, parts: RigParts): Promise<RigStatus> {
  const owner = (await readRigState(rig))?.owner;
  let seen: InForce | undefined;
  let trouble: string | undefined;
  try {
    const attached = await attachRig(rig);
    try {
      seen = await inForce(attached);
    } finally {
      await attached.disconnect();
    }
  } catch (error) {
    trouble = messageOf(error);
  }
  return {
    ...{ rig, owner, ownerAlive: owner !== undefined && isAlive(owner), usedBy: lockHolder(rig) },
    ...{ ...parts, inForce: seen, trouble },
  };
}

const heldBy = ({ owner, ownerAlive, usedBy, others }: RigStatus): string => {
  if (others !== undefined) return `somebody else's: ${others}`;
  if (usedBy) return `used by process ${usedBy.pid} (${usedBy.purpose})`;
  if (owner === undefined) return "left up";
  return ownerAlive ? `process ${owner}` : `left by process ${owner}, which is gone`;
};

function partsOf({ machines, namespaces, containers, networks }: RigStatus): string {
  if (namespaces > 0) return "a namespace on an existing cluster";
  return machines > 0 ? `${machines} real machines` : `${containers} containers, ${networks} networks`;
}

function describe(status: RigStatus): string[] {
  const lines = [
    `${status.rig}: ${heldBy(status)}, ` + partsOf(status),
    ...(status.trouble ? [`  cannot be asked: ${status.trouble}`] : []),
  ];
  if (!status.inForce) return lines;
  const seen = describeInForce(status.inForce);
  return [...lines, ...(seen.length > 0 ? seen : ["nothing is in force"]).map((line) => `  ${line}`)];
}

/** Shows what is in force now, anywhere: rigs, and on each what faults have changed and not put back. */
export async function status(json: boolean): Promise<ExitCode> {
  const answers = await engineAnswers();
  const found = await findRigs();
  const asked: string[] = [];
  const silent: string[] = [];
  for (const rig of found.keys()) (answers || !(await needsEngine(rig)) ? asked : silent).push(rig);
  const rigs = await Promise.all(asked.map((rig) => statusOf(rig, found.get(rig)!)));
  if (json) {
    process.stdout.write(`${JSON.stringify({ rigs, ownEngine: ownsEngine() })}\n`);
    return ExitCode.met;
  }
  const lines = rigs.flatMap(describe);
  if (ownsEngine()) lines.push(`a Docker Engine started by edgeproof ${answers ? "is running" : "has DIED"}`);
  if (rigs.length === 0 || silent.length > 0) lines.push(answers ? "no rig is up" : nothingAnswers(silent));
  process.stdout.write(`${lines.join("\n")}\n`);
  return ExitCode.met;
}

const nothingAnswers = (rigs: readonly string[]): string =>
  rigs.length === 0
    ? "no rig is up, and no container engine answers"
    : `no container engine answers, so nobody can tell what is in force on ${rigs.join(", ")}`;
