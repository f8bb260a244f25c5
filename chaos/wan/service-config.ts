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
}

const BACKENDS = ["auto", "netem", "userspace"];

/** Reads and checks the file; every message names it. */
export async function readServiceConfig(file: string): Promise<Required<WanServiceConfig>> {
  const refuse = (what: string, expected: string): never => {
    throw usageError("wan-config-invalid", what, { where: file, expected });
  };
  const text = await readFile(file, "utf8").catch(() => refuse("it cannot be read", "a JSON file"));
  let config: Partial<WanServiceConfig>;
  try {
    config = JSON.parse(text) as Partial<WanServiceConfig>;
  } catch {
    return refuse("it is not JSON", "{members, backend, seed, socket}");
  }
  const { members, backend, seed, socket = WAN_SOCKET } = config;
  if (!Array.isArray(members) || members.length < 2) return refuse("members", "two machines at least");
  if (!backend || !BACKENDS.includes(backend)) return refuse(`backend "${backend}"`, BACKENDS.join(", "));
  if (typeof seed !== "number" || !Number.isFinite(seed)) return refuse(`seed "${seed}"`, "a number");
  const names = members.map(({ name }) => name);
  const addresses = members.flatMap(addressesOf).map(ipv4ToInt);
  if (new Set(names).size < names.length || new Set(addresses).size < addresses.length) {
    return refuse("a member's name or address occurs twice", "each once");
  }
  return { members, backend, seed, socket };
}
