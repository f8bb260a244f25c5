import { area, curveStepAfter, line, stack } from "d3-shape";

import { formatDuration } from "../../../harness/judge/format.ts";
import { html, type Markup } from "../markup.ts";
import { countScale, linePath, logScale, yAxis, type Box } from "../scale.ts";
import type { Bucket } from "./buckets.ts";
import type { ReplicaSteps } from "./replica-steps.ts";
import type { TimeAxis } from "./time-axis.ts";

const heading = (text: string, box: Box): Markup =>
  html`<text class="axis halo" x="${box.left}" y="${box.top - 6}">${text}</text>`;

export interface Panels {
  buckets: readonly Bucket[];
  /** Of a bucket, ms. */
  width: number;
  axis: TimeAxis;
  /** Where phases begin, ms since the Unix epoch: no line leads from one to the next. */
  breaks: readonly number[];
}

/** Buckets with an empty one wherever some are missing, so that lines break there. */
const withGaps = ({ buckets, width, axis, breaks }: Panels): (Bucket | undefined)[] =>
  buckets.flatMap((bucket, index) => {
    const before = buckets[index - 1];
    if (!before) return [bucket];
    const apart = bucket.at > before.at + width;
    const turned = breaks.some((at) => at - axis.from > before.at && at - axis.from <= bucket.at + width / 2);
    return apart || turned ? [undefined, bucket] : [bucket];
  });

const middle = ({ axis, width }: Panels, { at }: Bucket): number =>
  axis.x(Math.min(axis.to, axis.from + at + width / 2));

/** Requests a second: asked for by the schedule, and completed. */
export const loadPanel = (panels: Panels, box: Box): Markup => {
  const { buckets, axis, width } = panels;
  const most = Math.max(
    ...buckets.map(({ offeredRate, achievedRate }) => Math.max(offeredRate, achievedRate)),
  );
  const y = countScale(most, box, 3);
  // One more point closes the last step.
  const steps = withGaps(panels).flatMap((bucket, index, all): (readonly [number, number] | undefined)[] => {
    if (bucket === undefined) return [undefined];
    const left = axis.x(axis.from + bucket.at);
    const right = axis.x(Math.min(axis.to, axis.from + bucket.at + width));
    const point = [left, y(bucket.offeredRate)] as const;
    return all[index + 1] === undefined ? [point, [right, y(bucket.offeredRate)]] : [point];
  });
  const offered = line<readonly [number, number] | undefined>()
    .defined((point) => point !== undefined)
    .x((point) => point![0])
    .y((point) => point![1])
    .curve(curveStepAfter)
    .digits(1)(steps);
  const achieved = area<Bucket | undefined>()
    .defined((bucket) => bucket !== undefined)
    .x((bucket) => middle(panels, bucket!))
    .y0(y(0))
    .y1((bucket) => y(bucket!.achievedRate))
    .digits(1)(withGaps(panels));
  const edge = linePath(
    withGaps(panels).map((bucket) => bucket && ([middle(panels, bucket), y(bucket.achievedRate)] as const)),
  );
  return html`${heading("load: requests a second", box)} ${yAxis(y, box, String)}
    <path class="area a0" d="${achieved ?? ""}" />
    <path class="line s0" d="${edge}" />
    <path class="line s4 d1" d="${offered ?? ""}" />`;
};

/** Percentiles of each stretch, the space between them shaded, on a logarithmic axis. */
export const latencyPanel = (panels: Panels, box: Box): Markup => {
  const values = panels.buckets.flatMap(({ p50, p99 }) => [p50, p99]).filter(Number.isFinite);
  const [least, most] = values.length === 0 ? [1, 1000] : [Math.min(...values), Math.max(...values)];
  const y = logScale(least, most, box.top + box.height, box.top);
  const gapped = withGaps(panels).map((bucket) => (bucket?.completed ? bucket : undefined));
  const between = (low: "p50" | "p95", high: "p95" | "p99"): string =>
    area<Bucket | undefined>()
      .defined((bucket) => bucket !== undefined)
      .x((bucket) => middle(panels, bucket!))
      .y0((bucket) => y(bucket![low]))
      .y1((bucket) => y(bucket![high]))
      .digits(1)(gapped) ?? "";
  const path = (of: "p50" | "p95" | "p99"): string =>
    linePath(gapped.map((bucket) => bucket && ([middle(panels, bucket), y(bucket[of])] as const)));
  return html`${heading("latency of completed requests, logarithmic", box)} ${yAxis(y, box, formatDuration)}
    <path class="area a3" d="${between("p95", "p99")}" />
    <path class="area a0" d="${between("p50", "p95")}" />
    <path class="line s3 d2" d="${path("p99")}" />
    <path class="line s2 d1" d="${path("p95")}" />
    <path class="line s0" d="${path("p50")}" />`;
};

const OUTCOMES = [
  { key: "failed", className: "f1", hatch: undefined },
  { key: "timedOut", className: "f4", hatch: "h1" },
] as const;

/** Requests that did not complete, stacked. */
export const errorPanel = ({ buckets, width, axis }: Panels, box: Box): Markup => {
  const y = countScale(Math.max(...buckets.map(({ failed, timedOut }) => failed + timedOut)), box, 2);
  const stacked = stack<unknown, Bucket, "failed" | "timedOut">()
    .keys(OUTCOMES.map(({ key }) => key))
    .value((bucket, key) => bucket[key])([...buckets]);
  return html`${heading("requests that did not complete", box)} ${yAxis(y, box, String)}
  ${stacked.map((series, which) =>
    series.map(([low, high], index) => {
      if (high === low) return undefined;
      const { className, hatch } = OUTCOMES[which]!;
      const left = axis.x(axis.from + buckets[index]!.at);
      const wide = Math.max(1, axis.x(axis.from + buckets[index]!.at + width) - left - 0.3);
      const draw = (name: string): Markup =>
        html`<rect
          class="${name}"
          x="${left}"
          y="${y(high)}"
          width="${wide}"
          height="${y(low) - y(high)}"
        />`;
      return [draw(className), hatch !== undefined && draw(hatch)];
    }),
  )}`;
};

/** Replicas asked for and ready, of each scale-out while it went on. */
export const replicaPanel = (all: readonly ReplicaSteps[], axis: TimeAxis, box: Box): Markup => {
  const most = Math.max(
    ...all.flatMap(({ steps }) => steps.map(({ desired, ready }) => Math.max(desired, ready))),
  );
  const y = countScale(most, box, 3);
  const path = ({ steps, endsAt }: ReplicaSteps, of: "desired" | "ready"): string =>
    line<{ at: number; value: number }>()
      .x(({ at }) => axis.x(at))
      .y(({ value }) => y(value))
      .curve(curveStepAfter)
      .digits(1)([
      ...steps.map((step) => ({ at: step.at, value: step[of] })),
      { at: endsAt, value: steps.at(-1)![of] },
    ]) ?? "";
  return html`${heading("replicas, while a function was scaled", box)} ${yAxis(y, box, String)}
  ${all.map(
    (one) =>
      html`<path class="line s2" d="${path(one, "ready")}" />
        <path class="line s3 d1" d="${path(one, "desired")}" />`,
  )}`;
};
