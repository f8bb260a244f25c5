import { NEBULA_CERTIFICATE } from "../../../harness/config/nebula-layout.ts";
import { rigError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import type { StateReading } from "../evidence.ts";
import type { FaultRig } from "../fault-rig.ts";
import { inspect, isValid, signAgain } from "./nebula-cert.ts";
import { SAVED_CERTIFICATE, restoreCertificate } from "./undo-steps.ts";

export const certificateOf = async (node: NodeHandle): Promise<string> =>
  (await node.readFile(NEBULA_CERTIFICATE)).toString();

/** The machine's certificate file is signed by the rig's CA and valid now. */
export const certificateValid = (rig: FaultRig, node: NodeHandle): StateReading => ({
  subject: node.name,
  quantity: "certificate-valid",
  read: async () => isValid(rig, await certificateOf(node)),
});

/** Fails closed: what another fault has put in force, or left behind, is not to become "the original". */
async function save(node: NodeHandle): Promise<void> {
  const { exitCode } = await node.exec(["test", "-e", SAVED_CERTIFICATE], { allowFailure: true });
  if (exitCode === 0)
    throw rigError("certificate-in-force", `the certificate of ${node.name} was replaced already`, {
      where: `${node.name}: ${SAVED_CERTIFICATE}`,
      expected: "one fault at a time on a machine's certificate",
      fix: "Heal the other fault first; `edgeproof heal` does so where a run was killed.",
    });
  await node.exec(["cp", "-p", NEBULA_CERTIFICATE, `${SAVED_CERTIFICATE}.new`]);
  await node.exec(["mv", `${SAVED_CERTIFICATE}.new`, SAVED_CERTIFICATE]);
}

/**
 * Puts a new certificate for the same key in place of the machine's own, which is kept beside. Nebula reads it at its
 * next SIGHUP.
 */
export const replaceCertificate = (
  rig: FaultRig,
  node: NodeHandle,
  { what, validMs, done }: { what: string; validMs?: number; done?: () => Promise<void> },
): Change => ({
  what: `${node.name}: ${what} in ${NEBULA_CERTIFICATE}, the original is kept as ${SAVED_CERTIFICATE}`,
  undo: { kind: "node", node: node.name, undo: restoreCertificate(rig) },
  async apply() {
    await save(node);
    const own = await inspect(rig, await certificateOf(node));
    await node.writeFile(NEBULA_CERTIFICATE, await signAgain(rig, own, validMs));
    await done?.();
  },
});
