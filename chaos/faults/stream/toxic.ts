/** `downstream`: answers, from the server to the client; `upstream`: requests. */
export type StreamDirection = "upstream" | "downstream";

/** A toxic of toxiproxy 2.12 with its attributes, in toxiproxy's own units (toxics/*.go). */
export interface Toxic {
  type: "latency" | "bandwidth" | "slow_close" | "timeout" | "reset_peer" | "slicer" | "limit_data";
  stream: StreamDirection;
  attributes: Readonly<Record<string, number>>;
}
