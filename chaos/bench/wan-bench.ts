import { rigError, messageOf } from "../../harness/errors.ts";
import { NetnsRig, whyNoNetns } from "../netns/netns-rig.ts";
import { applyOn, benchDelays, benchJitter, benchLoss, meterFloor } from "./accuracy.ts";
import { benchDeath, benchLiveChange } from "./changes.ts";
import { type Figure, Figures } from "./figure.ts";
import { measureFlow, spread, type Way } from "./measure.ts";
import { type OtherPrograms, throughToxiproxy, throughWirefilter } from "./others.ts";
import { benchDatagrams, benchStream, benchThroughput } from "./throughput.ts";

/** The last step begins before this, and takes a minute at most. */
const BUDGET_MS = 270_000;
/** Delay under which throughput is measured: a node at the edge. TCP's window must cover it. */
const DELAY_MS = 12.5;

export interface WanBench {
  figures: Figure[];
  /** What was not measured, and why. */
  skipped: string[];
}

/**
 * Measures the WAN engine in network namespaces of this machine, and others beside it in the same run.
 *
 * @throws EdgeproofError where it cannot be measured here.
 */
export async function benchWan(
  others: OtherPrograms,
  say: (message: string) => void,
  signal?: AbortSignal,
): Promise<WanBench> {
  const reason = await whyNoNetns();
  if (reason) throw rigError("bench-no-netns", `the WAN cannot be measured here: ${reason}`);
  const figures = new Figures(say);
  const skipped: string[] = [];
  const rig = await NetnsRig.create(["a", "b"]);
  const way: Way = { from: rig.node("a"), to: rig.node("b") };
  const deadline = performance.now() + BUDGET_MS;
  const step = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    signal?.throwIfAborted();
    if (performance.now() > deadline) skipped.push(`${what}: the machine is so busy that the time was up`);
    else await run();
  };
  const attempt = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    await step(what, run).catch((error: unknown) => skipped.push(`${what}: ${messageOf(error)}`));
  };
  try {
    await step("floor", () => meterFloor(way, figures));
    await step("throughput of no engine", () => benchThroughput("no engine", way, figures));

    const wan = await rig.startWan("userspace");
    const apply = applyOn(wan, way);
    say(`userspace, real-time priority ${wan.realtime}`);
    await step("delay", () => benchDelays(way, apply, figures));
    await step("jitter", () => benchJitter(way, apply, figures));
    await step("live change", () => benchLiveChange(way, apply, figures));
    await step("loss", () => benchLoss(way, apply, figures));
    await apply({ delayMs: DELAY_MS });
    await step("throughput of userspace", () => benchThroughput(`userspace ${DELAY_MS} ms`, way, figures));
    await step("death", () => benchDeath(rig, wan, figures));
    await rig.cleanWan();

    await attempt("netem", async () => {
      const netem = await rig.startWan("netem");
      await applyOn(netem, way)({ delayMs: DELAY_MS });
      await benchThroughput(`netem ${DELAY_MS} ms`, way, figures);
      await netem.close();
      await rig.stopWan("SIGTERM");
    });
    const { toxiproxy, wirefilter } = others;
    if (typeof toxiproxy !== "string") skipped.push(`toxiproxy: ${toxiproxy.missing}`);
    else
      await attempt("toxiproxy", () =>
        throughToxiproxy(rig, toxiproxy, DELAY_MS, (proxied) =>
          benchStream(`toxiproxy ${DELAY_MS} ms`, proxied, figures),
        ),
      );
    if (typeof wirefilter !== "string") skipped.push(`wirefilter: ${wirefilter.missing}`);
    else
      await attempt("wirefilter", () =>
        throughWirefilter(rig, wirefilter, DELAY_MS, async (filtered) => {
          const flow = { count: 20_000, intervalUs: 100, bytes: 200, maxMs: 10_000 };
          const { p50, p99 } = spread((await measureFlow(filtered, flow)).delaysUs);
          for (const [what, value] of [
            ["median", p50],
            ["p99", p99],
          ] as const) {
            const measured = value / 1000 - DELAY_MS;
            figures.add({
              group: "delay",
              what: `wirefilter ${DELAY_MS} ms: ${what} error`,
              measured,
              unit: "ms",
            });
          }
          await benchDatagrams(`wirefilter ${DELAY_MS} ms`, filtered, figures);
          await benchStream(`wirefilter ${DELAY_MS} ms`, filtered, figures);
        }),
      );
  } finally {
    await rig.destroy();
  }
  return { figures: figures.all, skipped };
}
