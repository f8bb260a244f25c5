import type { SessionWan } from "../../chaos/wan/no-wan.ts";
import type { Rig } from "../rig/rig.ts";
import { openWan } from "./open-wan.ts";

/** What the rig's WAN engine says of itself. */
export async function wanFacts(rig: Rig): Promise<Pick<SessionWan, "backend" | "realtime">> {
  const client = await openWan(rig);
  try {
    const { backend, realtime } = client;
    return { backend, realtime };
  } finally {
    await client.close();
  }
}
