import { stringify } from "yaml";
import { z } from "zod";

import { NEBULA_FOLDER, NEBULA_SERVICE } from "../../../harness/config/nebula-layout.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";
import { inspect } from "./nebula-cert.ts";
import { certificateOf, certificateValid } from "./replace-certificate.ts";
import { untilSilent } from "./silence.ts";
import { stateEvidence } from "../state-evidence.ts";
import { answersOf, namesOf, nodesOf, othersThan, untilAnswering } from "./targets.ts";
import { dropConfig } from "./undo-steps.ts";

/** Tunnels are checked every 5 s, a silent one every 10 s (Nebula 1.10.3, connection_manager.go). */
const NOTICED_MS = 15_000;

/** Nebula appends the lists of all files in its folder: a file of the fault's own adds to what is blocked. */
const block = (rig: FaultRig, nodes: readonly NodeHandle[], on: NodeHandle, name: string): Change => {
  const file = `${NEBULA_FOLDER}/edgeproof-${name}.yml`;
  return {
    what: `${on.name}: fingerprints of ${namesOf(nodes).join(", ")} in pki.blocklist of ${file}, SIGHUP to Nebula`,
    undo: { kind: "node", node: on.name, undo: dropConfig(rig, file) },
    async apply() {
      const own = await Promise.all(nodes.map(async (node) => inspect(rig, await certificateOf(node))));
      const blocklist = own.map(({ fingerprint }) => fingerprint);
      await on.writeFile(file, stringify({ pki: { blocklist } }), 0o600);
      await on.signalService(NEBULA_SERVICE, "SIGHUP");
    },
  };
};

export const certificateBlocklisted = defineFault({
  name: "certificate-blocklisted",
  layer: "overlay",
  summary:
    "Puts the certificates of nodes on the blocklist of all other machines, which tear their tunnels to them down.",
  target: "nodes",
  parameters: z.strictObject({}),
  proof:
    "No other machine reaches the node over the overlay for the whole window, though its certificate is valid by `nebula-cert verify`.",
  undo: "The fault's own file is removed from Nebula's folder on each machine, and Nebula reads the rest (SIGHUP); each machine does so by itself when its lease ends.",
  limits: [
    "The fault begins when the others have noticed: up to 6 s.",
    "Nodes of one target still reach each other.",
    "A certificate that another fault installs meanwhile is not blocked.",
  ],
  example: `- fault: certificate-blocklisted
  target: pi4-1`,
  build(_, target, context) {
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target, context);
    const others = othersThan(nodes, context);
    return new ChangeFault({
      ...{ name, phase, guard, affects: namesOf(nodes) },
      description: `certificates of ${namesOf(nodes).join(", ")} are blocked by ${namesOf(others).join(", ")}`,
      changes: [...others.map((on) => block(rig, nodes, on, name)), untilSilent(others, nodes, NOTICED_MS)],
      evidence: stateEvidence([
        ...nodes.map((node) => ({
          ...certificateValid(rig, node),
          ...{ before: true, during: true, after: true },
        })),
        ...answersOf(others, nodes).map((reading) => ({
          ...reading,
          ...{ before: true, during: false, after: true },
        })),
      ]),
      recovered: () => untilAnswering(others, nodes),
    });
  },
});
