import { z } from "zod";

import { rigError, usageError } from "../../../harness/errors.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { Change } from "../../journal/change.ts";
import { ChangeFault } from "../change-fault.ts";
import { defineFault } from "../definition.ts";
import type { FaultRig } from "../fault-rig.ts";
import { underlayAnswer } from "./readings.ts";
import { type ExpectedState, stateEvidence } from "../state-evidence.ts";
import { namesOf, nodesOf, othersThan, untilAnswering } from "./targets.ts";
import { type AddressMove, moveLines } from "./underlay-address.ts";
import { moveBack } from "./undo-steps.ts";

interface Shown {
  ifname: string;
  addr_info: { local: string; prefixlen: number }[];
}

interface DefaultRoute {
  gateway?: string;
  dev?: string;
}

const addresses = async (node: NodeHandle): Promise<Shown[]> =>
  JSON.parse((await node.exec(["ip", "-j", "-4", "address", "show"])).stdout) as Shown[];

const holds = (shown: readonly Shown[], address: string): boolean =>
  shown.some(({ addr_info }) => addr_info.some(({ local }) => local === address));

/** The move as the machine is now: its device, the network's prefix and the way out. */
async function planMove(node: NodeHandle, to: string): Promise<AddressMove> {
  const from = node.underlay;
  const shown = await addresses(node);
  const link = shown.find(({ addr_info }) => addr_info.some(({ local }) => local === from));
  const prefix = link?.addr_info.find(({ local }) => local === from)?.prefixlen;
  const text = (await node.exec(["ip", "-j", "-4", "route", "show", "default"])).stdout;
  const route = (JSON.parse(text || "[]") as DefaultRoute[]).find(({ dev }) => dev === link?.ifname);
  if (!link || prefix === undefined || route?.gateway === undefined || holds(shown, to))
    throw rigError("address-in-use", `${node.name} cannot move from ${from} to ${to}`, {
      where: node.name,
      expected: `${from} on an interface with the default route, and ${to} on none`,
      fix: "Heal what moved it before; `edgeproof heal` does so where a run was killed.",
    });
  return { device: link.ifname, from, to, prefix, gateway: route.gateway };
}

/** The next host address: the WAN router knows it as the machine's second one, and nothing else has it. */
const nextAddress = (address: string, shift: number): string =>
  address.replace(/\d+$/, (host) => String(Number(host) + shift));

/** The undo step is complete once the machine was looked at, which `prepare` does before anything is touched. */
class Move {
  readonly node: NodeHandle;
  readonly to: string;
  private readonly rig: FaultRig;
  private move: AddressMove | undefined;

  constructor(rig: FaultRig, node: NodeHandle, shift: number) {
    this.rig = rig;
    this.node = node;
    this.to = nextAddress(node.underlay, shift);
  }

  async prepare(): Promise<void> {
    this.move = await planMove(this.node, this.to);
  }

  private planned(): AddressMove {
    if (this.move) return this.move;
    throw rigError("address-not-planned", `${this.node.name} was not looked at before its move`);
  }

  change(): Change {
    const { node, to, rig } = this;
    const planned = (): AddressMove => this.planned();
    return {
      what: `${node.name}: ip address del ${node.underlay}, add ${to}, default route as before`,
      get undo() {
        return { kind: "node" as const, node: node.name, undo: moveBack(rig, planned()) };
      },
      async apply() {
        await node.exec(["ip", "-batch", "-"], { stdin: `${moveLines(planned(), true).join("\n")}\n` });
      },
    };
  }
}

export const underlayAddressChanged = defineFault({
  name: "underlay-address-changed",
  layer: "overlay",
  summary:
    "Gives nodes another underlay address, as after a change of network: peers must notice that they roamed.",
  target: "nodes",
  parameters: z.strictObject({
    shift: z
      .int({ error: "0 or 1" })
      .min(0, { error: "0 or 1" })
      .max(1, { error: "0 or 1" })
      .describe("By how much the address moves on, 0 or 1; 0 leaves it. Default: 1.")
      .default(1),
  }),
  proof:
    "The kernel of the node has the new address and not the old one, and from another machine the new one answers a ping on the underlay and the old one does not, for the whole window.",
  undo: "The old address and the default route are put back; the node does so by itself when its lease ends.",
  limits: [
    "Container machines only: on a real node the control path would go with the address.",
    "Refused for the server, whose API port is published at its address.",
    "A lighthouse that moves is known to nobody until it sends: the others have its address in their configuration.",
    "Link faults of the same window do not probe the node: it does not answer at its address.",
  ],
  example: `- fault: underlay-address-changed
  target: pi4-1`,
  build({ shift }, target, context) {
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target, context);
    if (rig.driver !== "container")
      throw usageError("fault-driver", `${name} would cut the way by which edgeproof reaches the node`, {
        where: name,
        expected: "machines of the container driver",
      });
    const served = nodes.filter((node) => node.name === rig.server.name);
    if (served.length > 0)
      throw usageError("fault-target", `${rig.server.name} serves the API at its address`, {
        where: name,
        expected: "machines beside the server",
      });
    const others = othersThan(nodes, context);
    const moves = shift === 0 ? [] : nodes.map((node) => new Move(rig, node, shift));
    const moved = shift !== 0;
    const states = nodes.flatMap((node): ExpectedState[] => {
      const to = nextAddress(node.underlay, 1);
      return [
        {
          subject: `${node.name} has ${to} instead of ${node.underlay}`,
          quantity: "underlay-address",
          read: async () => {
            const shown = await addresses(node);
            return holds(shown, to) && !holds(shown, node.underlay);
          },
          ...{ before: false, during: moved, after: false },
        },
        ...others.flatMap((from) => [
          { ...underlayAnswer(from, to), before: false, during: moved, after: false },
          { ...underlayAnswer(from, node.underlay), before: true, during: !moved, after: true },
        ]),
      ];
    });
    const evidence = stateEvidence(states);
    return new ChangeFault({
      ...{ name, phase, guard, affects: namesOf(nodes), takesDown: moved ? namesOf(nodes) : [] },
      description: `${namesOf(nodes).join(", ")} at another address`,
      changes: moves.map((move) => move.change()),
      evidence: {
        ...evidence,
        async before() {
          await Promise.all(moves.map((move) => move.prepare()));
          return evidence.before();
        },
      },
      recovered: () => untilAnswering(others, nodes),
    });
  },
});
