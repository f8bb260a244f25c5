/**
 * Control probes: what nothing is added to, sent beside the probes of a fault, between the same machines and at the same
 * moments. They show what the way and its machines take by themselves just then. Only a node that impairs what it sends
 * lets them pass (`egress-commands.ts`). They are known by what no other traffic looks like, and no router changes.
 */

/** An echo with its headers from IP on: one byte longer than an ordinary ping, as is its answer. */
export const CONTROL_PING_BYTES = 85;
/** The first four bytes of every datagram of the link meter. */
export const METER_MAGIC = 0x45504c4d;
/** A control datagram of the meter: label, and where it lies in the payload. */
export const CONTROL_LABEL = 0x4354524c;
export const LABEL_OFFSET = 20;
