import { RUNTIME_PATH } from "./driver/runtime-folder.ts";
import type { NodeHandle } from "./node-handle.ts";

/** Where the WAN service listens inside the router. */
export const WAN_SOCKET = "/run/edgeproof/wan.sock";
const CONFIG = "/etc/edgeproof/wan.json";

/** The second address of every machine, which nothing has until the machine roams to it: 198.18.1.10 -> 198.18.1.11. */
const roamingAddress = (address: string): string =>
  address.replace(/\d+$/, (host) => String(Number(host) + 1));

const PROGRAM = [`${RUNTIME_PATH}/node`, `${RUNTIME_PATH}/wan.mjs`];

export interface EgressServices {
  members: readonly { name: string; address: string }[];
  seed: number;
  /** TCP ports by which the machines are controlled: never impaired. */
  controlPorts: readonly number[];
}

/**
 * Starts a WAN engine on each of the machines, for what that one sends, unless one of them cannot have it: resolves with
 * the names of those, for none is of use without the others. A service that was killed is started again: it takes
 * away what it finds, and whoever has a connection to it learns that it is another one.
 */
export async function startEgressServices(
  nodes: readonly NodeHandle[],
  { members, seed, controlPorts }: EgressServices,
): Promise<string[]> {
  const able = await Promise.all(
    nodes.map(async (node) => (await node.exec([...PROGRAM, "--check"])).stdout.trim() === "netem"),
  );
  const unable = nodes.filter((_, index) => !able[index]).map(({ name }) => name);
  if (unable.length > 0) return unable;
  await Promise.all(
    nodes.map(async (node) => {
      const egress = { self: node.name, controlPorts };
      const config = { members, backend: "netem", seed, socket: WAN_SOCKET, egress };
      await node.writeFile(CONFIG, JSON.stringify(config));
      await node.startService({
        name: "wan",
        argv: [...PROGRAM, CONFIG],
        readyPattern: "wan ready",
        readyTimeoutMs: 30_000,
      });
    }),
  );
  return [];
}

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
    argv: [...PROGRAM, CONFIG],
    readyPattern: "wan ready",
    readyTimeoutMs: 20_000,
    // A restarted engine would pass packets unimpaired while a fault is thought to be in force.
    restart: false,
  });
}
