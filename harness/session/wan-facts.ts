import type { WanHandle } from "../../chaos/wan/wan-handle.ts";
import type { Rig } from "../rig/rig.ts";
import { openWan } from "./open-wan.ts";

/** What the rig's WAN engine says of itself. */
export async function wanFacts(rig: Rig): Promise<Pick<WanHandle, "backend" | "realtime">> {
  const client = await openWan(rig);
  try {
    const { backend, realtime } = client;
    return { backend, realtime };
  } finally {
    await client.close();
  }
}
