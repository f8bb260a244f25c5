import { RUNTIME_PATH } from "./driver/runtime-folder.ts";
import type { NodeHandle } from "./node-handle.ts";

/** Where the WAN service listens inside the router. */
export const WAN_SOCKET = "/run/edgeproof/wan.sock";
const CONFIG = "/etc/edgeproof/wan.json";

/** The second address of every machine, which nothing has until the machine roams to it: 198.18.1.10 -> 198.18.1.11. */
const roamingAddress = (address: string): string =>
  address.replace(/\d+$/, (host) => String(Number(host) + 1));

/** Starts the WAN engine on the router; resolves when every link passes packets. */
export async function startWanService(
  router: NodeHandle,
  machines: readonly { name: string; address: string }[],
  seed: number,
): Promise<void> {
  const members = machines.map((each) => ({ ...each, aliases: [roamingAddress(each.address)] }));
  const config = { members, backend: process.env.EDGEPROOF_WAN_BACKEND ?? "auto", seed, socket: WAN_SOCKET };
  await router.writeFile(CONFIG, JSON.stringify(config));
  await router.startService({
    name: "wan",
    argv: [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/wan.mjs`, CONFIG],
    readyPattern: "wan ready",
    readyTimeoutMs: 20_000,
    // A restarted engine would pass packets unimpaired while a fault is thought to be in force.
    restart: false,
  });
}
