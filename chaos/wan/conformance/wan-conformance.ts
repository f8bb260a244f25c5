import type { WanBackend } from "../wan-engine.ts";
import { Bench, type Layout, skipWithout } from "./bench.ts";
import { describeDelays } from "./delays.ts";
import { Figures } from "./figures.ts";
import { describeLosses } from "./losses.ts";
import { describeStates } from "./states.ts";

/**
 * What every WAN back end must do, asked of it with real packets in network namespaces of this process: it needs root.
 * Skipped, with the reason, where the back end cannot be had.
 */
export function describeWanConformance(
  backend: Exclude<WanBackend, "none">,
  layout: Layout = "router",
): void {
  const where = layout === "router" ? "" : " in what each machine sends";
  describe(`The ${backend} back end${where}`, function () {
    this.timeout(180_000);

    before(async function () {
      await skipWithout(backend, this);
    });

    describe("under impairments", () => {
      const figures = new Figures(`${backend}${where}: asked against measured`);
      let bench: Bench | undefined;
      const subject = () => ({ bench: bench!, figures });

      before(async () => {
        bench = await Bench.create(backend, layout);
        await bench.start();
      });
      afterEach(() => bench?.wan.clear());
      after(async () => {
        await bench?.destroy();
        figures.show();
      });

      describe("of when packets come", () => describeDelays(subject));
      describe("of which packets come", () => describeLosses(subject));
    });

    describe("at its start and its end", () => describeStates(backend, layout));
  });
}
