import type { NodeHandle } from "../node-handle.ts";

export interface Listener {
  proto: "tcp" | "udp";
  /** `0.0.0.0`, `*` or `::` for every address. */
  address: string;
  port: number;
  /** Empty where the kernel does not say, as for what the engine put into the machine's network. */
  process: string;
  /** Undefined where the kernel does not say. */
  pid?: number;
}

/** Reads `ss -H -l -n -t -u -p`. */
export function parseListeners(text: string): Listener[] {
  return text.split("\n").flatMap((line) => {
    const [proto, , , , local = ""] = line.trim().split(/\s+/);
    const [, address = "", port = ""] = /^\[?(.*?)\]?(?:%[\w.-]+)?:(\d+)$/.exec(local) ?? [];
    if ((proto !== "tcp" && proto !== "udp") || port === "") return [];
    const [, process = "", pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
    const of = pid === undefined ? {} : { pid: Number(pid) };
    return [{ proto, address, port: Number(port), process, ...of }];
  });
}

/** Sockets of a machine's own network namespace that wait for strangers; those of pods are in namespaces of their own. */
export async function listenersOf(node: NodeHandle): Promise<Listener[]> {
  return parseListeners((await node.exec(["ss", "-H", "-l", "-n", "-t", "-u", "-p"])).stdout);
}

export const isLoopback = ({ address }: Listener): boolean => /^(127\.|::1$|::ffff:127\.)/.test(address);
