import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { NEBULA_SERVICE } from "../../../harness/config/nebula-layout.ts";
import { usageError } from "../../../harness/errors.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { certificateValid, replaceCertificate } from "./replace-certificate.ts";
import { untilSilent } from "./silence.ts";
import { stateEvidence } from "./state-evidence.ts";
import { answersOf, namesOf, nodesOf, othersThan, untilAnswering } from "./targets.ts";

/**
 * Nebula refuses to load a certificate that has expired already, and the others judge the one of the last handshake: it
 * must be valid until each has shaken hands anew, which they do at a tunnel's next check, every 5 s (1.10.3,
 * connection_manager.go).
 */
const VALID_MS = { least: 8_000, most: 60_000 };
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
      "How long the new certificate is valid before it expires; the fault begins then. 8s to 60s, default 12s.",
    ).prefault("12s"),
  }),
  proof:
    "`nebula-cert verify` refuses the certificate on the node, and no other machine reaches the node over the overlay, for the whole window.",
  undo: "The original certificate is put back and Nebula reads it (SIGHUP); the node does so by itself when its lease ends. The private key never leaves the node.",
  limits: [
    "The end of the validity and the checks of the tunnels pass before the fault begins: about 17 s with the default.",
    "One fault at a time on a node's certificate.",
    "Clocks more than some seconds apart move the moment of expiry.",
  ],
  example: `- fault: certificate-expired
  target: pi4-1
  validity: 12s`,
  build({ validity }, target, context) {
    if (validity < VALID_MS.least || validity > VALID_MS.most)
      throw usageError("fault-magnitude", `a validity of ${validity / 1000} s`, {
        where: context.name,
        expected: "8s to 60s: the other machines must see it before it expires",
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
            done: () => node.signalService(NEBULA_SERVICE, "SIGHUP"),
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
