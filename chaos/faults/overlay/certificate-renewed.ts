import { z } from "zod";

import { NEBULA_SERVICE } from "../../../harness/config/nebula-layout.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import type { StateReading } from "../evidence.ts";
import type { FaultRig } from "../fault-rig.ts";
import { inspect } from "./nebula-cert.ts";
import { NebulaLogTail } from "./readings.ts";
import { certificateOf, certificateValid, replaceCertificate } from "./replace-certificate.ts";
import { type ExpectedState, stateEvidence, untilAll } from "../state-evidence.ts";
import { answersOf, namesOf, nodesOf, othersThan, untilAnswering } from "./targets.ts";

/** A node shakes hands anew at a tunnel's next check, every 5 s where there is traffic (Nebula 1.10.3). */
const SEEN_MS = 20_000;

/** Whether a peer has shaken hands with the certificate that the node has now: the peer's word, not the node's. */
const handshakeSeen = (
  rig: FaultRig,
  node: NodeHandle,
  peer: NodeHandle,
  log: NebulaLogTail,
): StateReading => ({
  subject: `${peer.name} <-> ${node.name}`,
  quantity: "handshakes",
  async read() {
    const { fingerprint } = await inspect(rig, await certificateOf(node));
    return (await log.lines()).some((line) => line.includes(fingerprint));
  },
});

const hangUp = (node: NodeHandle): Promise<void> => node.signalService(NEBULA_SERVICE, "SIGHUP");

export const certificateRenewed = defineFault({
  name: "certificate-renewed",
  layer: "overlay",
  summary:
    "Gives nodes a new certificate for their key while traffic flows, as a renewal does: no packet should be lost.",
  target: "nodes",
  parameters: z.strictObject({
    atOnce: z
      .boolean({ error: "true or false" })
      .describe(
        "Nebula reads the new certificates on all nodes of the target at the same moment; default false: one after the other.",
      )
      .default(false),
  }),
  proof:
    "The node's file has another certificate that is valid, another machine's log shows a handshake with it, and the overlay answers before, during and after.",
  undo: "The original certificate is put back and Nebula reads it (SIGHUP), a renewal once more; the node does so by itself when its lease ends. The private key never leaves the node.",
  limits: [
    "One fault at a time on a node's certificate.",
    "The fault begins when a peer has seen it: up to 10 s.",
  ],
  example: `- fault: certificate-renewed
  target: { nodes: [pi4-1, pi3-1] }
  atOnce: true`,
  build({ atOnce }, target, context) {
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target, context);
    const others = othersThan(nodes, context);
    const [peer] = others;
    const log = peer && new NebulaLogTail(peer);
    const seen = nodes.flatMap((node) => (peer && log ? [handshakeSeen(rig, node, peer, log)] : []));
    const original = new Map<string, string>();
    const renewed = nodes.map((node): ExpectedState => ({
      subject: `${node.name} (another certificate)`,
      quantity: "certificate-valid",
      read: async () => {
        const { fingerprint } = await inspect(rig, await certificateOf(node));
        return fingerprint !== (original.get(node.name) ?? fingerprint);
      },
      ...{ before: false, during: true, after: false },
    }));
    const readAtOnce: Change = {
      what: `${namesOf(nodes).join(", ")}: SIGHUP to Nebula at the same moment`,
      undo: undefined,
      async apply() {
        await Promise.all(nodes.map(hangUp));
      },
    };
    const untilSeen: Change = {
      what: `${peer?.name}: ping ${namesOf(nodes).join(", ")} over the overlay until its log shows the new certificates, at most ${SEEN_MS / 1000} s`,
      undo: undefined,
      async apply() {
        const asking = peer ? answersOf([peer], nodes) : [];
        await untilAll([...seen, ...asking], true, { timeoutMs: SEEN_MS });
      },
    };
    const evidence = stateEvidence([
      ...renewed,
      ...nodes.map((node) => ({ ...certificateValid(rig, node), before: true, during: true, after: true })),
      ...answersOf(others, nodes).map((reading) => ({ ...reading, before: true, during: true, after: true })),
      ...seen.map((reading) => ({ ...reading, during: true })),
    ]);
    return new ChangeFault({
      ...{ name, phase, guard, affects: namesOf(nodes) },
      description: `new certificates for ${namesOf(nodes).join(", ")}${atOnce ? " at the same moment" : ""}`,
      changes: [
        ...nodes.map((node) =>
          replaceCertificate(rig, node, {
            what: "a new certificate",
            ...(atOnce ? {} : { done: () => hangUp(node) }),
          }),
        ),
        ...(atOnce ? [readAtOnce] : []),
        untilSeen,
      ],
      evidence: {
        ...evidence,
        async before() {
          for (const node of nodes)
            original.set(node.name, (await inspect(rig, await certificateOf(node))).fingerprint);
          await log?.mark();
          return evidence.before();
        },
      },
      recovered: () => untilAnswering(others, nodes),
    });
  },
});
