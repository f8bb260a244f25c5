import { TABLE_PREFIX } from "./interception.ts";

/** Beyond the machines' ranges of source ports (from 10000 on), so that no connection holds them. */
const FIRST_LISTEN_PORT = 7470;
const FIRST_CONTROL_PORT = 7490;
const SLOTS = 16;

export interface ProxySlot {
  /** Of the table and of the service. */
  name: string;
  listenPort: number;
  controlPort: number;
}

const next = new Map<string, number>();

/** Names and ports on a machine for one more toxiproxy; the same come again after 16 faults there. */
export function takeSlot(rig: string, machine: string): ProxySlot {
  const key = `${rig}\0${machine}`;
  const slot = next.get(key) ?? 0;
  next.set(key, (slot + 1) % SLOTS);
  return {
    name: `${TABLE_PREFIX}${slot}`,
    listenPort: FIRST_LISTEN_PORT + slot,
    controlPort: FIRST_CONTROL_PORT + slot,
  };
}
