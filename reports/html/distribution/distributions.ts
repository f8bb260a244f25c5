import type { Evidence } from "../../../harness/judge/evidence.ts";
import type { Sample } from "../../../harness/record/model.ts";
import { legend } from "../chart.ts";
import { dataLink, dataOf } from "../data-link.ts";
import { html, type Markup } from "../markup.ts";
import { distributionsOf, type Curve, type Distribution } from "./curves.ts";
import { distributionChart, looksOf, spanOf, type AxisKind, type View } from "./distribution-chart.ts";

/** A page with more would not load on a phone; the data has all of them. */
const MOST_CHARTS = 48;
/** Points of each curve in the data. */
const QUANTILES = 200;

const VIEWS = ["ecdf", "histogram"] as const satisfies View[];
const AXES = ["log", "linear"] as const satisfies AxisKind[];

const labelOf = ({ phase, profile, model, all }: Distribution): string =>
  `${phase}${profile === phase ? "" : ` (${profile})`}${model === "closed" ? ", closed model" : ""} (n=${all.n})`;

const panel = (
  fn: string,
  distribution: Distribution,
  span: [number, number],
  looks: ReadonlyMap<string, string>,
): Markup => {
  const { all, classes } = distribution;
  const lost = all.n - all.durations.length;
  return html`<figure class="small">
    <figcaption><b>${labelOf(distribution)}</b>${lost > 0 && `, ${lost} did not complete`}</figcaption>
    ${VIEWS.map((view) =>
      AXES.map(
        (kind) =>
          html`<div class="view ${view} ${kind}">
            ${distributionChart(fn, distribution, { kind, view, span, looks })}
          </div>`,
      ),
    )}
    <p class="soft">completed: ${classes.map(({ name, n }) => `${name} ${n}`).join(", ")}</p>
  </figure>`;
};

const quantilesOf = ({ durations, n }: Curve): [share: number, ms: number][] => {
  const points = Math.min(QUANTILES, durations.length);
  return Array.from({ length: points }, (_, index): [number, number] => {
    const rank = Math.ceil(((index + 1) / points) * durations.length) - 1;
    return [(rank + 1) / n, durations[rank]!];
  });
};

const dataLinkOf = (fn: string, distributions: readonly Distribution[]): Markup =>
  dataLink(`distribution-${fn}.csv`, "text/csv", {
    columns: ["phase", "profile", "model", "device_class", "share_completed", "within_ms"],
    rows: distributions.flatMap(({ phase, profile, model, all, classes, baseline }) =>
      [all, ...classes, ...(baseline ? [baseline] : [])].flatMap((curve) =>
        quantilesOf(curve).map(([share, ms]) => [phase, profile, model, curve.name, share, ms]),
      ),
    ),
  });

const choice = (
  name: string,
  title: string,
  entries: readonly (readonly [value: string, text: string])[],
): Markup =>
  html`<fieldset>
    <legend>${title}</legend>
    ${entries.map(
      ([value, text], index) =>
        html`<label>
          <input type="radio" name="${name}" value="${value}" ${index === 0 && html`checked=""`} /> ${text}
        </label>`,
    )}
  </fieldset>`;

/** For each function and phase, how long requests took on each device class; the reader chooses axis and view. */
export const distributions = (
  evidence: Evidence,
  samples: readonly Sample[],
  baseline?: readonly Sample[],
): Markup => {
  let left = MOST_CHARTS;
  const functions = [...distributionsOf(evidence, samples, baseline)].filter(([, own]) => own.length > 0);
  if (functions.length === 0) return html`<p class="soft">No request completed.</p>`;
  return html`<div class="distributions">
    ${choice("view", "Shown as", [
      ["ecdf", "share completed within a time (ECDF)"],
      ["histogram", "histogram"],
    ])}
    ${choice("axis", "Axis of time", [
      ["log", "logarithmic, the same for all phases of a function"],
      ["linear", "linear, up to each phase's p99; the last bar of a histogram has the rest"],
    ])}
    ${functions.map(([fn, own]) => {
      const looks = looksOf(own);
      const shown = own.slice(0, left);
      left -= shown.length;
      return html`<h3>${fn}</h3>
        ${legend([...looks].map(([name, className]) => ({ name, className, shape: "line" })))}
        <div class="multiples">${shown.map((one) => panel(fn, one, spanOf(own), looks))}</div>
        ${
          shown.length < own.length &&
          html`<p class="soft">${own.length - shown.length} further phases are in the data only.</p>`
        }
        ${dataOf(dataLinkOf(fn, own))}`;
    })}
  </div>`;
};
