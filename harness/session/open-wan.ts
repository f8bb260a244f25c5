import { NoWan, type SessionWan } from "../../chaos/wan/no-wan.ts";
import { WanClient } from "../../chaos/wan/wan-client.ts";
import type { Rig } from "../rig/rig.ts";
import { WAN_SOCKET } from "../rig/wan-service.ts";

/** What impairs the links of a rig: the router's engine, or nothing where there is no router. */
export async function openWan(rig: Rig): Promise<SessionWan> {
  return rig.wan ? WanClient.connect(await rig.wan.connect({ unix: WAN_SOCKET })) : new NoWan();
}
