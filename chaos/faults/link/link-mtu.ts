import { z } from "zod";

import { quantity } from "../../../harness/config/quantity-schema.ts";
import { defineLinkFault, everywhere, refuse } from "./define-link-fault.ts";

/** Every IPv4 host takes that much (RFC 791); Nebula's handshake and the probes need it. */
const LEAST_BYTES = 576;
const FULL_BYTES = 1500;

export const linkMtu = defineLinkFault({
  name: "link-mtu",
  summary:
    "Drops packets longer than a limit, and no ICMP message tells of it (a black hole for path MTU discovery).",
  parameters: z.strictObject({
    mtu: quantity("size", "Longest packet from the IP header on, 576B to 1500B; 1500B changes nothing."),
  }),
  proof:
    "Datagrams that must not be fragmented, of the limit, one byte more, and full size, in each direction: the longest that arrives is the limit.",
  limits: ["Nebula's overlay of 1300 bytes needs 1360: below that, full-size packets of the overlay vanish."],
  example: `- fault: link-mtu
  target: { from: cloud-1, to: pi4-1, bothWays: true }
  mtu: 1280B`,
  timeline({ mtu }, directions) {
    if (mtu < LEAST_BYTES || mtu > FULL_BYTES || !Number.isInteger(mtu))
      refuse("link-mtu", `an MTU of ${mtu} bytes cannot be given`, "whole bytes from 576B to 1500B");
    return { first: everywhere(directions, mtu < FULL_BYTES ? { mtuBytes: mtu } : {}) };
  },
});
