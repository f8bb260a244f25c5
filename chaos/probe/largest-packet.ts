import type { LinkParams } from "../../harness/config/model.ts";
import type { ReceiptCheck } from "../../harness/record/model.ts";
import { UDP_OVERHEAD } from "./link-meter-protocol.ts";
import type { Datagram } from "./link-meter.ts";
import type { Segments } from "./link-segments.ts";

/** Fewest datagrams of each size that prove something. */
const MIN_EACH = 10;
const FULL_PACKET = 1500;

/** Longest packet, from the IP header on, of those sizes that arrived, against the longest that should. */
export function checkLargestPacket(
  subject: string,
  { segments }: Segments<Datagram>,
  sizes: readonly number[],
): { checks: ReceiptCheck[]; told: boolean } {
  let told = false;
  const checks = segments.flatMap(({ params, without, probes }) => {
    const samples = Math.min(...sizes.map((size) => probes.filter(({ bytes }) => bytes === size).length));
    if (samples < MIN_EACH && segments.length > 1) return [];
    const measured = Math.max(
      0,
      ...probes.filter(({ transitsMs }) => transitsMs.length > 0).map(({ bytes }) => bytes + UDP_OVERHEAD),
    );
    const asked = largest(params, sizes);
    const held = samples >= MIN_EACH && measured === asked;
    if (held && asked !== largest(without, sizes)) told = true;
    const tolerance = 0;
    return [
      { subject, quantity: "largest-packet-bytes" as const, asked, measured, tolerance, samples, held },
    ];
  });
  return { checks, told };
}

/** Of the sizes that are sent; 0 if nothing passes. */
function largest(params: readonly LinkParams[], sizes: readonly number[]): number {
  const limit = Math.min(...params.map(({ mtuBytes }) => mtuBytes || FULL_PACKET));
  if (params.some(({ loss = 0 }) => loss >= 1)) return 0;
  return Math.max(0, ...sizes.map((size) => size + UDP_OVERHEAD).filter((size) => size <= limit));
}
