/**
 * Colours: Okabe & Ito, "Color Universal Design" (2008), told apart with every common kind of colour blindness, with
 * lighter variants on a dark ground. A verdict always has its sign and word as well.
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #fff; --ink: #1b1f24; --soft: #57606a; --rule: #d5dae0; --panel: #f4f6f8;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #a8568a; --c4: #8a6d00; --c5: #2b8cbe; --c6: #555; --c7: #6b4a2b;
  --met: #00694d; --missed: #a63f00; --inconclusive: #7a5f00; --broken: #8a3c70;
  --band-a: rgba(0, 114, 178, .07); --band-b: rgba(0, 114, 178, .14); --fault: rgba(213, 94, 0, .20);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --ink: #e6e9ec; --soft: #9aa4ae; --rule: #363c43; --panel: #1d2226;
    --c0: #56b4e9; --c1: #ff8c42; --c2: #2fcf9f; --c3: #e39ac4; --c4: #f0e442; --c5: #9ecae1; --c6: #b0b0b0; --c7: #c9a27e;
    --met: #2fcf9f; --missed: #ff8c42; --inconclusive: #f0e442; --broken: #e39ac4;
    --band-a: rgba(86, 180, 233, .08); --band-b: rgba(86, 180, 233, .16); --fault: rgba(255, 140, 66, .26);
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: .5rem 0 0; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 70ch; }
.soft, caption { color: var(--soft); }
.met { color: var(--met); } .missed { color: var(--missed); }
.inconclusive { color: var(--inconclusive); } .broken { color: var(--broken); }
.wide, .chart { overflow-x: auto; }
@media (min-width: 40.01rem) { tbody tr:not(.reason) td:not(:nth-child(2)) { white-space: nowrap; } }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.number { text-align: right; white-space: nowrap; } th.number { text-align: right; }
td.verdict { font-weight: 700; white-space: nowrap; }
tr.reason td { color: var(--soft); font-size: .85rem; padding-top: 0; }
tr.has-reason td { border-bottom: 0; padding-bottom: 0; }
.chart svg { display: block; width: 100%; min-width: 42rem; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .tick, svg .axis { fill: var(--soft); font-size: 11px; }
.grid { stroke: var(--rule); stroke-width: 1; }
.band-a { fill: var(--band-a); } .band-b { fill: var(--band-b); } .fault { fill: var(--fault); background: var(--fault); }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.hover { fill: transparent; } .hover:hover { fill: var(--band-b); }
.mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; }
.s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); } .s3 { stroke: var(--c3); }
.s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); } .s6 { stroke: var(--c6); }
.dashed { stroke-dasharray: 6 4; }
.f0 { fill: var(--c0); background: var(--c0); } .f1 { fill: var(--c1); background: var(--c1); }
.f2 { fill: var(--c2); background: var(--c2); } .f3 { fill: var(--c3); background: var(--c3); }
.f4 { fill: var(--c4); background: var(--c4); } .f5 { fill: var(--c5); background: var(--c5); }
.f6 { fill: var(--c6); background: var(--c6); } .f7 { fill: var(--c7); background: var(--c7); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: .25rem 0 .5rem;
  font-size: .85rem; }
.key { display: inline-block; width: 1.4em; height: .7em; margin-right: .45em; border-radius: 2px; }
.key.striped { background-image: repeating-linear-gradient(90deg, transparent 0 5px, var(--ground) 5px 8px); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
figure.small { margin: 0; min-width: 0; } figure.small svg { display: block; width: 100%; height: auto; }
figure.small p { margin: 0; font-size: .85rem; } figcaption { font-size: .9rem; }
button { font: inherit; padding: .4rem .8rem; margin: 0 .5rem .5rem 0; border: 1px solid var(--rule);
  border-radius: 6px; background: var(--panel); color: var(--ink); cursor: pointer; }
@media (max-width: 40rem) {
  body { padding: .75rem; font-size: 14px; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
  table.stack thead { display: none; }
  table.stack tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--rule); }
  table.stack tr.has-reason { border-bottom: 0; padding-bottom: 0; }
  table.stack td { display: flex; gap: .75rem; padding: .05rem 0; border: 0; text-align: left; white-space: normal; }
  table.stack td:empty { display: none; }
  table.stack td[data-label]::before { content: attr(data-label); flex: 0 0 6.5rem; color: var(--soft);
    font-weight: 400; }
}
@media print { button { display: none; } }
`;
