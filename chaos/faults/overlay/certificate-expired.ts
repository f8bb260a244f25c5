import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { NEBULA_SERVICE } from "../../../harness/config/nebula-layout.ts";
import { usageError } from "../../../harness/errors.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { certificateValid, replaceCertificate } from "./replace-certificate.ts";
import { untilSilent } from "./silence.ts";
import { stateEvidence } from "../state-evidence.ts";
import { answersOf, namesOf, nodesOf, othersThan, untilAnswering } from "./targets.ts";

/**
 * Nebula refuses to load a certificate that has expired already, and the others judge the one of the last handshake. So it
 * must be valid until each has shaken hands anew, and until no tunnel of before is left: it is kept beside, and would take
 * over. One that a relay goes through is kept for good (seen on a rig, 1.10.3), so Nebula is restarted, which closes all of
 * them; 20 s are left for one whose end was not heard of.
 */
const VALID_MS = { least: 27_000, most: 120_000 };
/** Two checks of a tunnel, and the second by which a certificate's end is rounded. */
const NOTICED_MS = 12_000;

export const certificateExpired = defineFault({
  name: "certificate-expired",
  layer: "overlay",
  summary:
    "Gives nodes a certificate that expires: every other machine tears its tunnel to them down and takes no new one.",
  target: "nodes",
  parameters: z.strictObject({
    validity: quantity(
      "duration",
      "How long the new certificate is valid before it expires; the fault begins then. 27s to 120s, default 30s.",
    ).prefault("30s"),
  }),
  proof:
    "`nebula-cert verify` refuses the certificate on the node, and no other machine reaches the node over the overlay, for the whole window.",
  undo: "The original certificate is put back and Nebula reads it (SIGHUP); the node does so by itself when its lease ends. The private key never leaves the node.",
  limits: [
    "The end of the validity and the checks of the tunnels pass before the fault begins: about 35 s with the default.",
    "One fault at a time on a node's certificate.",
    "Clocks more than some seconds apart move the moment of expiry.",
  ],
  example: `- fault: certificate-expired
  target: pi4-1
  validity: 30s`,
  build({ validity }, target, context) {
    if (validity < VALID_MS.least || validity > VALID_MS.most)
      throw usageError("fault-magnitude", `a validity of ${validity / 1000} s`, {
        where: context.name,
        expected:
          "27s to 120s: the other machines must know it, and have forgotten the former one, before it expires",
      });
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target, context);
    const others = othersThan(nodes, context);
    const validMs = validity;
    return new ChangeFault({
      ...{ name, phase, guard, affects: namesOf(nodes) },
      description: `certificates of ${namesOf(nodes).join(", ")} expire`,
      changes: [
        ...nodes.map((node) =>
          replaceCertificate(rig, node, {
            what: `a certificate that expires after ${validity / 1000} s`,
            validMs,
            done: () => node.restartService(NEBULA_SERVICE),
          }),
        ),
        untilSilent(others, nodes, validity + NOTICED_MS),
      ],
      evidence: stateEvidence(
        [...nodes.map((node) => certificateValid(rig, node)), ...answersOf(others, nodes)].map((reading) => ({
          ...reading,
          ...{ before: true, during: false, after: true },
        })),
      ),
      recovered: () => untilAnswering(others, nodes),
    });
  },
});
