import { median } from "../probe/statistics.ts";
import type { Figures } from "./figure.ts";
import { measureFlow, measureStream, type Way } from "./measure.ts";

const SECONDS = 2;

/** Datagrams at 500 Mbit/s and flat out, large and small, and one TCP connection; `engine` names what is in between. */
export async function benchThroughput(engine: string, way: Way, figures: Figures): Promise<void> {
  await benchDatagrams(engine, way, figures);
  await benchStream(engine, way, figures);
}

export async function benchDatagrams(engine: string, way: Way, figures: Figures): Promise<void> {
  const maxMs = SECONDS * 1000;
  for (const [what, flow] of [
    ["1400 B at 500 Mbit/s", { bytes: 1400, intervalUs: 22.4 }],
    ["1400 B flat out", { bytes: 1400, intervalUs: 0 }],
    ["64 B flat out", { bytes: 64, intervalUs: 0 }],
  ] as const) {
    const { sent, received, bytes, seconds } = await measureFlow(way, { ...flow, count: 1_000_000, maxMs });
    const note = `${(sent / SECONDS / 1000).toFixed(0)}k packets/s sent, ${percent(1 - received / sent)} lost`;
    const group = "throughput";
    const mbit = (bytes * 8) / 1e6 / seconds;
    if (flow.bytes === 64)
      figures.add({
        group,
        what: `${engine}: UDP ${what}`,
        measured: received / seconds,
        unit: "packets/s",
        note,
      });
    else figures.add({ group, what: `${engine}: UDP ${what}`, measured: mbit, unit: "Mbit/s", note });
  }
}

export async function benchStream(engine: string, way: Way, figures: Figures): Promise<void> {
  const runs = [];
  for (let run = 0; run < 3; run++) runs.push(await measureStream(way, SECONDS * 1000));
  const note = `of ${runs.map((run) => run.toFixed(0)).join(", ")}`;
  figures.add({
    group: "throughput",
    what: `${engine}: one TCP connection, median`,
    measured: median(runs),
    unit: "Mbit/s",
    note,
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
