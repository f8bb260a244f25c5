import { WanClient } from "../../chaos/wan/wan-client.ts";
import type { Rig } from "../rig/rig.ts";
import { WAN_SOCKET } from "../rig/wan-service.ts";

/** What the rig's WAN engine says of itself. */
export async function wanFacts(rig: Rig): Promise<Pick<WanClient, "backend" | "realtime">> {
  const client = await WanClient.connect(await rig.wan.connect({ unix: WAN_SOCKET }));
  try {
    const { backend, realtime } = client;
    return { backend, realtime };
  } finally {
    await client.close();
  }
}
