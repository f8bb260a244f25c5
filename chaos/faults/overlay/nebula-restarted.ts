import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

import { NEBULA_SERVICE } from "../../../harness/config/nebula-layout.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import { NebulaLogTail, nebulaProcess, nebulaRuns, overlayAnswer } from "./readings.ts";
import { type ExpectedState, stateEvidence, untilAll } from "../state-evidence.ts";
import { namesOf, nodesOf, othersThan, untilAnswering } from "./targets.ts";

const MOST_TIMES = 20;
/** A killed service is started again by the machine's supervisor. */
const BACK_MS = 15_000;
/** A peer that sends into the dead tunnel is told so at once, and shakes hands anew. */
const HANDSHAKE_MS = 10_000;

const restart = (node: NodeHandle, abrupt: boolean, waitMs: number): Change => ({
  what: `${node.name}: service ${NEBULA_SERVICE} ${abrupt ? "ended by SIGKILL; its supervisor starts it" : "restarted (SIGTERM)"}`,
  undo: undefined,
  async apply() {
    await delay(waitMs);
    if (!abrupt) return node.restartService(NEBULA_SERVICE);
    const former = await nebulaProcess(node);
    await node.signalService(NEBULA_SERVICE, "SIGKILL");
    const replaced = async (): Promise<boolean> => {
      const now = await nebulaProcess(node);
      return now !== undefined && now !== former;
    };
    await untilAll([{ read: replaced }], true, { timeoutMs: BACK_MS });
  },
});

export const nebulaRestarted = defineFault({
  name: "nebula-restarted",
  layer: "overlay",
  summary: "Restarts Nebula on nodes: the interface and all tunnels go and come back.",
  target: "nodes",
  parameters: z.strictObject({
    times: z
      .int({ error: `a whole number from 0 to ${MOST_TIMES}` })
      .min(0, { error: "at least 0" })
      .max(MOST_TIMES, { error: `at most ${MOST_TIMES}` })
      .describe(`How often, 0 to ${MOST_TIMES}; 0 restarts nothing. Default: 1.`)
      .default(1),
    gap: quantity("duration", "Between two restarts. Default: 2s.").prefault("2s"),
    abrupt: z
      .boolean({ error: "true or false" })
      .describe("By SIGKILL, as in a crash: the others are not told that their tunnels end. Default: false.")
      .default(false),
  }),
  proof:
    "The kernel has another Nebula process than before, and another machine's log shows a handshake with the node since.",
  undo: "Nothing is left to undo: the node's supervisor keeps Nebula running.",
  limits: [
    "An instant fault: its window shows the time after it.",
    "A flannel that sits on Nebula's interface may lose its own with it (k3s#12436).",
  ],
  example: `- fault: nebula-restarted
  target: pi4-1
  abrupt: true`,
  build({ times, gap, abrupt }, target, context) {
    const { name, phase, guard } = context;
    const nodes = nodesOf(target, context);
    const others = othersThan(nodes, context);
    const [peer] = others;
    const log = peer && new NebulaLogTail(peer);
    const before = new Map<string, string | undefined>();
    const replaced = nodes.map((node): ExpectedState => ({
      subject: node.name,
      quantity: "process-replaced",
      read: async () => {
        const now = await nebulaProcess(node);
        return now !== undefined && now !== before.get(node.name);
      },
      before: false,
      during: times > 0,
    }));
    const shaken = nodes.flatMap((node): ExpectedState[] =>
      peer && log
        ? [
            {
              subject: `${peer.name} <-> ${node.name}`,
              quantity: "handshakes",
              read: async () => {
                await overlayAnswer(peer, node).read();
                return (await log.lines()).some(
                  (line) =>
                    /Handshake message (received|sent)/.test(line) && line.includes(`certName=${node.name} `),
                );
              },
              ...(times > 0 ? { during: true, withinMs: HANDSHAKE_MS } : {}),
            },
          ]
        : [],
    );
    const evidence = stateEvidence([
      ...replaced,
      ...shaken,
      ...nodes.map((node) => ({ ...nebulaRuns(node), before: true, after: true })),
      ...others.flatMap((from) =>
        nodes.map((node) => ({ ...overlayAnswer(from, node), before: true, after: true })),
      ),
    ]);
    return new ChangeFault({
      ...{ name, phase, guard, affects: namesOf(nodes) },
      description: `Nebula on ${namesOf(nodes).join(", ")} restarted ${times} times${abrupt ? ", by SIGKILL" : ""}`,
      changes: Array.from({ length: times }, (_, turn) =>
        nodes.map((node) => restart(node, abrupt, turn === 0 ? 0 : gap)),
      ).flat(),
      evidence: {
        ...evidence,
        async before() {
          for (const node of nodes) before.set(node.name, await nebulaProcess(node));
          await log?.mark();
          return evidence.before();
        },
      },
      recovered: () => untilAnswering(others, nodes),
    });
  },
});
