import type { ReceiptCheck } from "../../harness/record/model.ts";
import type { EvidenceWindow } from "../faults/evidence.ts";
import type { ProbePair } from "./link-probe-session.ts";
import { pingProbe } from "./ping-probe.ts";

const INTERVAL_MS = 200;
const GRACE_MS = 600;

/**
 * Share of pings over the overlay that were answered while the underlay is cut. A fact, not a condition: Nebula may find
 * another way (a relay), and its tunnels outlive a short cut, so that any share is within the tolerance.
 */
export function watchOverlay(pairs: readonly ProbePair[]): EvidenceWindow {
  const abort = new AbortController();
  const joined = pairs.filter(({ from, to }) => from.overlay !== undefined && to.overlay !== undefined);
  const options = { intervalMs: INTERVAL_MS, graceMs: GRACE_MS, signal: abort.signal };
  const running = Promise.allSettled(
    joined.map(({ from, to }) => pingProbe(from, to, { ...options, address: to.overlay! })),
  );
  return {
    async stop() {
      abort.abort();
      return (await running).flatMap((result): ReceiptCheck[] => {
        if (result.status === "rejected") return [];
        const { from, to, probes } = result.value;
        const answers = probes.filter(({ rttMs }) => rttMs !== undefined).length;
        return [
          {
            subject: `${from} -> ${to} (recorded only)`,
            quantity: "overlay-reachable",
            asked: 0,
            measured: probes.length > 0 ? answers / probes.length : -1,
            tolerance: 1,
            samples: probes.length,
            held: true,
          },
        ];
      });
    },
  };
}
