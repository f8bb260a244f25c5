import { readFile } from "node:fs/promises";
import { usageError } from "../../harness/errors.ts";
import { ipv4ToInt } from "./ipv4.ts";
import { WAN_SOCKET } from "./protocol.ts";
import { addressesOf, type WanBackend, type WanMember } from "./wan-engine.ts";

/** Configuration of the WAN service, a JSON file. */
export interface WanServiceConfig {
  members: WanMember[];
  /** `auto`: netem where the kernel has it, else userspace. */
  backend: WanBackend | "auto";
  /** Of the run; each direction derives its own from it. */
  seed: number;
  /** Unix socket to listen at. @default /run/edgeproof/wan.sock */
  socket?: string;
  /**
   * On a node that impairs what it sends to the other members, and nothing else: which member it is. Without it the
   * service is that of a router which all members' packets pass.
   */
  egress?: EgressConfig;
}

export interface EgressConfig {
  self: string;
  /** TCP ports, of either end, that are never impaired: ssh's, by which the node is controlled. @default [22] */
  controlPorts?: number[];
  /** Without anything in force, the interfaces get their own qdiscs back after this time, ms. @default 30 000 */
  idleMs?: number;
}

export type ReadServiceConfig = Required<Omit<WanServiceConfig, "egress">> & {
  egress: Required<EgressConfig> | undefined;
};

const BACKENDS = ["auto", "netem", "userspace"];
const SSH_PORT = 22;
const IDLE_MS = 30_000;

/** Reads and checks the file; every message names it. */
export async function readServiceConfig(file: string): Promise<ReadServiceConfig> {
  const refuse = (what: string, expected: string): never => {
    throw usageError("wan-config-invalid", what, { where: file, expected });
  };
  const text = await readFile(file, "utf8").catch(() => refuse("it cannot be read", "a JSON file"));
  let config: Partial<WanServiceConfig>;
  try {
    config = JSON.parse(text) as Partial<WanServiceConfig>;
  } catch {
    return refuse("it is not JSON", "{members, backend, seed, socket, egress}");
  }
  const { members, backend, seed, socket = WAN_SOCKET, egress } = config;
  if (!Array.isArray(members) || members.length < 2) return refuse("members", "two machines at least");
  if (!backend || !BACKENDS.includes(backend)) return refuse(`backend "${backend}"`, BACKENDS.join(", "));
  if (typeof seed !== "number" || !Number.isFinite(seed)) return refuse(`seed "${seed}"`, "a number");
  const names = members.map(({ name }) => name);
  const addresses = members.flatMap(addressesOf).map(ipv4ToInt);
  if (new Set(names).size < names.length || new Set(addresses).size < addresses.length) {
    return refuse("a member's name or address occurs twice", "each once");
  }
  if (!egress) return { members, backend, seed, socket, egress: undefined };
  const { self, controlPorts = [SSH_PORT], idleMs = IDLE_MS } = egress;
  if (!names.includes(self)) return refuse(`egress.self "${self}"`, `one of ${names.join(", ")}`);
  if (!Array.isArray(controlPorts) || !controlPorts.every(isPort))
    return refuse(`egress.controlPorts ${JSON.stringify(controlPorts)}`, "a list of TCP ports");
  if (backend === "userspace")
    return refuse(
      "backend userspace with egress",
      "netem: only the kernel can impair what a machine itself sends",
    );
  return { members, backend, seed, socket, egress: { self, controlPorts, idleMs } };
}

const isPort = (port: unknown): boolean =>
  Number.isInteger(port) && (port as number) > 0 && (port as number) < 2 ** 16;
