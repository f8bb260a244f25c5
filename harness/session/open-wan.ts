import type { EgressEndTimes, WanRoute } from "../../chaos/wan/egress-end.ts";
import { JoinedWanClient } from "../../chaos/wan/joined-wan-client.ts";
import { NoWan } from "../../chaos/wan/no-wan.ts";
import { WanClient } from "../../chaos/wan/wan-client.ts";
import type { WanHandle } from "../../chaos/wan/wan-handle.ts";
import type { RigNode } from "../rig/driver/rig-node.ts";
import { patienceOf } from "../rig/patience.ts";
import type { Rig } from "../rig/rig.ts";
import { WAN_SOCKET } from "../rig/wan-service.ts";

const routeTo = (node: RigNode): WanRoute => ({
  name: node.name,
  connect: () => node.connect({ unix: WAN_SOCKET }),
  answers: () =>
    node.services().then(
      () => true,
      () => false,
    ),
});

/**
 * A machine of a kind that takes six times as long for all starts its services one after the other when it is back, and its
 * WAN service is not the first.
 */
const timesFor = (patience: number): Partial<EgressEndTimes> =>
  patience === 1 ? {} : { patience, tryMs: 10_000 * patience, serviceMs: 50_000 * patience };

/** What impairs the links of a rig: the router's engine, those of all machines together, or nothing where none can. */
export async function openWan(rig: Rig): Promise<WanHandle> {
  if (rig.wan) return WanClient.connect(await rig.wan.connect({ unix: WAN_SOCKET }));
  if (rig.wanHosts.length === 0) return new NoWan();
  return JoinedWanClient.connect(rig.wanHosts.map(routeTo), timesFor(patienceOf(rig.topology)));
}

/** Asks the engine of one machine something, over a connection of its own. */
export async function withWanOf<T>(node: RigNode, ask: (wan: WanClient) => Promise<T>): Promise<T> {
  const client = await WanClient.connect(await node.connect({ unix: WAN_SOCKET }), node.name, node.patience);
  try {
    return await ask(client);
  } finally {
    await client.close();
  }
}
