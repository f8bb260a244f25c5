/** A line of Nebula's log that says something about a tunnel. */
export interface TunnelLine {
  /** ms since the epoch, the machine's clock. */
  at: number;
  event: "dead" | "closed" | "handshake" | "timed-out" | "roamed";
  /** Overlay address of the other end. */
  peer: string;
}

const TIME = /\btime="?(\d{4}-\d\d-\d\dT[^\s"]+)/;
const MESSAGE = /\bmsg="([^"]*)"/;
const PEER = /\bvpnAddrs="?\[([^\s\]]+)/;
/** `map[stage:2 style:ix_psk0]` of logrus, `handshake.stage=2` of slog. */
const LAST_STAGE = /\bstage[:=]2\b/;
const DEAD = /\bstate[:=]dead\b/;

/** A handshake is complete when its initiator has received the second and last message. */
function eventOf(message: string, line: string): TunnelLine["event"] | undefined {
  if (message === "Tunnel status") return DEAD.test(line) ? "dead" : undefined;
  if (message.startsWith("Close tunnel received") || message.includes("tearing down the tunnel"))
    return "closed";
  if (message === "Handshake message received") return LAST_STAGE.test(line) ? "handshake" : undefined;
  if (message === "Handshake timed out") return "timed-out";
  return message.startsWith("Host roamed to new udp ip/port") ? "roamed" : undefined;
}

/** Reads both of Nebula's formats: logrus up to 1.10, slog from 1.11 on. Undefined: the line is about something else. */
export function tunnelLine(line: string): TunnelLine | undefined {
  const event = eventOf(MESSAGE.exec(line)?.[1] ?? "", line);
  const at = Date.parse(TIME.exec(line)?.[1] ?? "");
  const peer = PEER.exec(line)?.[1];
  return event === undefined || Number.isNaN(at) || peer === undefined ? undefined : { at, event, peer };
}
