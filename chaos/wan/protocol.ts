import type { Readable } from "node:stream";
import type { Realtime, WanTotals } from "./backend-driver.ts";
import type { DirectedLink, LinkCounters, WanBackend } from "./wan-engine.ts";

/** What the WAN service answers, by the name of the request. Requests and answers are JSON, one a line. */
export interface WanAnswers {
  /** How often all was taken away, whoever asked for it: a node's lease does so by itself. */
  ping: { clears: number };
  describe: {
    backend: WanBackend;
    realtime: Realtime;
    members: string[];
    /** Another one each time the service starts. */
    instance: string;
    /** Another one each time its kernel boots. */
    bootId: string;
    clears: number;
  };
  apply: null;
  /** The same, this time included. */
  clear: { clears: number };
  inForce: DirectedLink[];
  counters: { links: LinkCounters[]; totals: WanTotals };
}

export type WanMethod = keyof WanAnswers;

export interface WanRequest {
  id: number;
  method: WanMethod;
  /** For `apply`. */
  links?: DirectedLink[];
}

export interface WanFailure {
  code: string;
  message: string;
  exitCode?: number;
  where?: string;
  expected?: string;
  fix?: string;
}

export type WanResponse = { id: number; result: unknown } | { id: number; error: WanFailure };

/** Where the service listens on its machine. */
export const WAN_SOCKET = "/run/edgeproof/wan.sock";

/** Calls back for each complete line of a byte stream. */
export function onLines(stream: Readable, callback: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") callback(line);
  });
}
