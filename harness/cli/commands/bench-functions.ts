import { type Figure, Figures } from "../../../chaos/bench/figure.ts";
import { loadTopology } from "../../config/load.ts";
import { stage } from "../../rig/engine/engine.ts";
import { startRig } from "../../rig/start-rig.ts";
import type { TaskTiming } from "../../rig/task-graph.ts";
import { prepareHost } from "../../setup/prepare-host.ts";
import { gatewayOverhead } from "../bench-functions/gateway-overhead.ts";
import { offeredRate } from "../bench-functions/offered-rate.ts";
import { watchDelay } from "../bench-functions/watch-delay.ts";
import type { Progress } from "../progress.ts";

const READY_LIMIT_SECONDS = 30;

const endOf = (timings: readonly TaskTiming[], name: string): number =>
  timings.find((timing) => timing.name === name)?.endedAt ?? Number.NaN;

/** What the harness and the functions layer add to what is measured, on a rig of three nodes. */
export async function benchFunctions(progress: Progress, signal: AbortSignal): Promise<Figure[]> {
  const figures = new Figures(progress.say);
  await using _host = await prepareHost(progress.say, signal);
  await using rig = await startRig(loadTopology("quickstart"), {
    ...{ name: "bench", seed: 1, signal },
    onToolchain: progress.toolchain,
  });
  const { timings } = rig.parts;
  const seconds = (endOf(timings, stage.functionsReady) - endOf(timings, stage.nodesReady)) / 1000;
  figures.add({
    group: "functions",
    what: "Knative ready after the nodes",
    measured: seconds,
    unit: "s",
    target: `<= ${READY_LIMIT_SECONDS}`,
    met: seconds <= READY_LIMIT_SECONDS,
  });
  figures.add(await watchDelay(rig));
  figures.add(await offeredRate(rig));
  // Last: what was brought up has come to rest by then.
  for (const figure of await gatewayOverhead(rig)) figures.add(figure);
  return figures.all;
}
