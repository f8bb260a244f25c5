import type { LinkParams } from "../../harness/config/model.ts";
import type { NetnsRig } from "../netns/netns-rig.ts";
import type { WanClient } from "../wan/wan-client.ts";
import type { Figures } from "./figure.ts";
import { measureFlow, type Way } from "./measure.ts";

const DELAYS_MS = [50, 12.5, 0.5];
const EVERY_MS = 100;

/** Changes the delay again and again under 10,000 packets a second: every packet arrives, in order. */
export async function benchLiveChange(
  way: Way,
  apply: (params: LinkParams) => Promise<void>,
  figures: Figures,
): Promise<void> {
  let changes = 0;
  const timer = setInterval(() => {
    void apply({ delayMs: DELAYS_MS[changes++ % DELAYS_MS.length]! });
  }, EVERY_MS);
  const flow = { count: 40_000, intervalUs: 100, bytes: 200, maxMs: 30_000 };
  const { sent, received, reordered } = await measureFlow(way, flow);
  clearInterval(timer);
  figures.add({
    group: "live change",
    what: `packets lost of ${sent}, delay changed ${changes} times`,
    measured: sent - received,
    unit: "packets",
    target: "0",
    met: sent === received,
    note: `${reordered} reordered`,
  });
}

/** Kills the engine, then freezes it: how long until the harness knows. */
export async function benchDeath(rig: NetnsRig, first: WanClient, figures: Figures): Promise<void> {
  for (const [signal, what] of [
    ["SIGKILL", "engine killed: noticed after"],
    ["SIGSTOP", "engine frozen: noticed after"],
  ] as const) {
    const wan = signal === "SIGKILL" ? first : await rig.startWan();
    const known = new Promise<void>((resolve) => {
      wan.onDeath(() => resolve());
      // An engine that is silent is told at once; that it is dead, only when it stays so.
      wan.watch({ onSilence: () => resolve(), onAnswer: () => undefined });
    });
    await wan.ping();
    const began = performance.now();
    rig.service?.kill(signal);
    await known;
    const measured = performance.now() - began;
    figures.add({ group: "death", what, measured, unit: "ms", target: "< 1000 ms", met: measured < 1000 });
    await wan.close();
    await rig.stopWan("SIGKILL");
  }
}
