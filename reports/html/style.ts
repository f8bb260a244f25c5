/**
 * Colours of lines and areas: Okabe & Ito, "Color Universal Design" (2008), told apart with every common kind of colour
 * blindness, darkened where they would be too faint on a light ground; on a dark one mostly as published. A series has a
 * dash, hatch or shape of its own as well, and a verdict its sign and word. style.test.ts computes the contrasts.
 */
const colours = `
:root {
  color-scheme: light dark;
  --ground: #fff; --ink: #1b1f24; --soft: #57606a; --rule: #d5dae0; --panel: #f4f6f8; --link: #005a9c; --focus: #005a9c;
  --c0: #0072b2; --c1: #d55e00; --c2: #007d5b; --c3: #a8568a; --c4: #6b5200; --c5: #2b7fae; --c6: #4a4f55; --c7: #6b4a2b;
  --met: #00694d; --missed: #a63f00; --inconclusive: #7a5f00; --broken: #8a3c70;
  --band-a: rgba(0, 114, 178, .05); --band-b: rgba(0, 114, 178, .12); --fault: rgba(213, 94, 0, .16);
  --held: #bfe3d5; --unheld: #f3c9e2; --edge: rgba(213, 94, 0, .6);
  --shade-0: #f2f7fb; --shade-1: #dceaf5; --shade-2: #c3dcee; --shade-3: #a6cbe5; --shade-4: #86b8da; --bad: #f8d7c2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --ink: #e6e9ec; --soft: #9aa4ae; --rule: #363c43; --panel: #1d2226; --link: #7cc4f5; --focus: #7cc4f5;
    --c0: #56b4e9; --c1: #ff8c42; --c2: #2fcf9f; --c3: #e39ac4; --c4: #f0e442; --c5: #9ecae1; --c6: #b0b0b0; --c7: #c9a27e;
    --met: #2fcf9f; --missed: #ff8c42; --inconclusive: #f0e442; --broken: #e39ac4;
    --band-a: rgba(86, 180, 233, .06); --band-b: rgba(86, 180, 233, .14); --fault: rgba(255, 140, 66, .20);
    --held: #14503d; --unheld: #6a2a53; --edge: rgba(255, 140, 66, .7);
    --shade-0: #182129; --shade-1: #1b2c3a; --shade-2: #1e384d; --shade-3: #214560; --shade-4: #245375; --bad: #5c2c10;
  }
}`;

const text = `
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: .5rem 0 0; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; scroll-margin-top: .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 70ch; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: .5rem; top: -4rem; padding: .4rem .8rem; background: var(--panel); z-index: 2; }
.skip:focus { top: .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; padding: 0; margin: .5rem 0; font-size: .9rem; }
.soft, caption { color: var(--soft); }
.met { color: var(--met); } .missed { color: var(--missed); }
.inconclusive { color: var(--inconclusive); } .broken { color: var(--broken); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
fieldset { display: inline-flex; flex-wrap: wrap; gap: .25rem 1rem; border: 1px solid var(--rule); border-radius: 6px;
  margin: 0 .75rem .75rem 0; padding: .25rem .75rem .4rem; min-width: 0; font-size: .9rem; }
fieldset legend { color: var(--soft); padding: 0 .25rem; }
details summary { cursor: pointer; padding: .25rem 0; }
a.save { display: inline-block; padding: .15rem .3rem; }
.data { color: var(--soft); font-size: .85rem; margin: .25rem 0 .75rem; }`;

const tables = `
.wide, .chart { overflow-x: auto; }
@media (min-width: 40.01rem) { tbody tr:not(.reason) td:not(:nth-child(2)) { white-space: nowrap; } }
@media (min-width: 72rem) { table.verdicts tr:not(.reason) td:nth-child(2) { white-space: nowrap; } }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--rule); vertical-align: top;
  overflow-wrap: normal; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.number { text-align: right; white-space: nowrap; } th.number { text-align: right; }
td.verdict { font-weight: 700; white-space: nowrap; }
tr.reason td { color: var(--soft); font-size: .85rem; padding-top: 0; overflow-wrap: anywhere; }
tr.has-reason td { border-bottom: 0; padding-bottom: 0; }
.matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 36rem), 1fr)); gap: .5rem 2rem; }
table.matrix { width: auto; margin-bottom: 1rem; }
table.matrix caption { text-align: left; padding: .25rem 0; color: var(--ink); font-weight: 600; }
table.matrix th, table.matrix td { padding: .3rem .6rem; text-align: right; white-space: nowrap; color: var(--ink); }
table.matrix th { color: var(--soft); background: var(--ground); }
table.matrix th:first-child { position: sticky; left: 0; text-align: left; }
.shade-0 { background: var(--shade-0); } .shade-1 { background: var(--shade-1); } .shade-2 { background: var(--shade-2); }
.shade-3 { background: var(--shade-3); } .shade-4 { background: var(--shade-4); }
.bad { background: var(--bad); font-weight: 700; }`;

/** Of what is drawn, as far as an SVG that stands alone needs it too. */
const chartStyle = `
svg text { fill: var(--ink); font: 12.5px system-ui, sans-serif; }
svg .tick, svg .axis { fill: var(--soft); font-size: 12px; }
svg .halo { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
.weave { fill: var(--ground); }
.grid { stroke: var(--rule); stroke-width: 1; }
.band-a { fill: var(--band-a); } .band-b { fill: var(--band-b); }
.fault { fill: var(--fault); } .edge { stroke: var(--edge); stroke-width: 1; stroke-dasharray: 2 2; }
.held { fill: var(--held); } .unheld { fill: var(--unheld); }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; } .thick { stroke-width: 2.75; }
.area { stroke: none; fill-opacity: .22; }
.hover { fill: transparent; } .hollow { fill: var(--ground); stroke: var(--ink); stroke-width: 1.5; }
.mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; }
${[0, 1, 2, 3, 4, 5, 6, 7]
  .map(
    (n) => `.s${n} { stroke: var(--c${n}); } .f${n} { fill: var(--c${n}); } .a${n} { fill: var(--c${n}); }`,
  )
  .join("\n")}
.d1 { stroke-dasharray: 7 4; } .d2 { stroke-dasharray: 2 3; } .d3 { stroke-dasharray: 10 3 2 3; }
.d4 { stroke-dasharray: 14 4; } .d5 { stroke-dasharray: 5 2; }
.h1 { fill: url(#hatch-1); } .h2 { fill: url(#hatch-2); } .h3 { fill: url(#hatch-3); } .h4 { fill: url(#hatch-4); }
.h5 { fill: url(#hatch-5); }`;

const charts = `
.chart { margin: .25rem 0; }
.chart svg { display: block; width: 100%; min-width: 54rem; height: auto; }
.chart.small svg { min-width: 0; }
.hover:hover, .hover.at { fill: var(--band-b); }
.at { outline: 2px solid var(--focus); } path.at { outline: none; stroke-width: 4; } .hover.at { outline-offset: -1px; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: .25rem 0 .5rem;
  font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .45em; }
.key { width: 28px; height: 12px; flex: none; } .key .thick, .key .line { stroke-width: 2.5; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem; }
figure.small { margin: 0; min-width: 0; } figure.small svg { display: block; width: 100%; height: auto; }
figure.small p { margin: 0; font-size: .85rem; } figcaption { font-size: .9rem; }
@supports selector(:has(*)) {
  .distributions:has([value="ecdf"]:checked) .histogram, .distributions:has([value="histogram"]:checked) .ecdf,
  .distributions:has([value="log"]:checked) .linear, .distributions:has([value="linear"]:checked) .log { display: none; }
}
.tip { position: fixed; z-index: 3; max-width: min(24rem, 90vw); padding: .35rem .6rem; border-radius: 6px; pointer-events: none;
  background: var(--ink); color: var(--ground); font-size: .85rem; line-height: 1.35; }`;

const narrow = `
@media (max-width: 40rem) {
  body { padding: .75rem; font-size: 14px; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
  table.stack thead { display: none; }
  table.stack tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  table.stack tr.has-reason { border-bottom: 0; padding-bottom: 0; }
  table.stack td { display: flex; gap: .75rem; padding: .05rem 0; border: 0; text-align: left; white-space: normal;
    overflow-wrap: anywhere; }
  table.stack td:empty { display: none; }
  table.stack td[data-label]::before { content: attr(data-label); flex: 0 0 6.5rem; color: var(--soft);
    font-weight: 400; }
  table.verdicts tr { display: flex; flex-wrap: wrap; gap: 0 .6rem; }
  table.verdicts td { display: inline; }
  table.verdicts td[data-label]::before { content: none; }
  table.verdicts td[data-label="objective"] { font-weight: 600; }
  table.verdicts td:is([data-label="function"], [data-label="class"], [data-label="profile"], [data-label="phase"]) {
    color: var(--soft); }
  table.verdicts td:is([data-label="expected"], [data-label="received"], [data-label="n"])::before {
    content: attr(data-label) " "; }
  table.verdicts td[data-label="expected"] { flex-basis: 100%; }
}
@media print { nav, .skip, .data { display: none; } }`;

export const style = [colours, text, tables, chartStyle, charts, narrow].join("\n");

/** For an SVG that stands alone, such as one in Allure. */
export const svgStyle = `${colours}\nsvg { background: var(--ground); }\n${chartStyle}`;
