/**
 * The only style of a page. Colours are pairs for light and dark; each text colour has a contrast of at least 4.5 with
 * its background (WCAG 2.1 AA), which the tests check.
 */
export const css = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --line: #dfe3e8; --soft: #eef1f5; --text: #16202c; --dim: #55606e; --link: #0b5cad;
  --good: #17693c; --good-bg: #e0f4e8; --good-fill: #2f9e63;
  --bad: #a81c1c; --bad-bg: #fde7e6; --bad-fill: #d64545;
  --warn: #7a4b00; --warn-bg: #fdf0d5; --warn-fill: #d9922e;
  --busy: #1b4fa0; --busy-bg: #e3edfc; --busy-fill: #4a86e0;
  --calm-fill: #b9c2cd; --bar: #5b7fb4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f141a; --card: #171e26; --line: #2c3641; --soft: #202a34; --text: #e6ebf1; --dim: #a0acb9; --link: #79b8ff;
    --good: #7be0a6; --good-bg: #12352a; --good-fill: #35a86c;
    --bad: #ff9d97; --bad-bg: #431d1d; --bad-fill: #e05a54;
    --warn: #f5c26b; --warn-bg: #3d2c0b; --warn-fill: #d99a3d;
    --busy: #9cc4ff; --busy-bg: #17305a; --busy-fill: #5a93ea;
    --calm-fill: #56626f; --bar: #7095c9;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 16px; }
a { color: var(--link); text-underline-offset: 2px; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: 27px; line-height: 1.2; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 17px; line-height: 1.3; letter-spacing: -0.005em; }
h3 { font-size: 14px; color: var(--dim); font-weight: 600; }
code, pre, .code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13px; }
bdi { overflow-wrap: anywhere; }
.dim { color: var(--dim); }
.small { font-size: 13px; }
.head { display: grid; gap: 10px; margin-bottom: 18px; }
.head .what { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; color: var(--dim); font-size: 14px; }
.chip {
  display: inline-block; padding: 1px 9px; border-radius: 999px; font-size: 12.5px; font-weight: 650; line-height: 1.6;
  letter-spacing: 0.01em; overflow-wrap: anywhere; color: var(--dim); background: var(--soft);
}
.head .chip { font-size: 14px; padding: 3px 13px; }
.good { color: var(--good); background: var(--good-bg); }
.bad { color: var(--bad); background: var(--bad-bg); }
.warn { color: var(--warn); background: var(--warn-bg); }
.busy { color: var(--busy); background: var(--busy-bg); }
.callout { border-radius: 10px; border: 1px solid var(--line); border-left-width: 5px; background: var(--card); padding: 14px 18px; margin-bottom: 16px; display: grid; gap: 8px; overflow-wrap: anywhere; }
.callout.is-bad { border-left-color: var(--bad-fill); }
.callout.is-warn { border-left-color: var(--warn-fill); }
.callout.is-busy { border-left-color: var(--busy-fill); }
.callout.is-good { border-left-color: var(--good-fill); }
.callout .reason { font-size: 16px; }
.callout ul { padding-left: 20px; }
.callout dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; font-size: 14px; }
.callout dt { color: var(--dim); }
.command { display: block; background: var(--soft); border-radius: 6px; padding: 8px 12px; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.command span { display: inline-block; max-width: 100%; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(138px, 1fr)); margin-bottom: 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.tiles > div { padding: 12px 16px 11px; margin: 0 -1px -1px 0; border: solid var(--line); border-width: 0 1px 1px 0; }
.tiles dt { color: var(--dim); font-size: 12.5px; }
.tiles dd { font-size: 20px; white-space: nowrap; font-weight: 620; line-height: 1.35; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.tiles .note { display: block; white-space: normal; font-size: 12.5px; font-weight: 400; letter-spacing: 0; color: var(--dim); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px 18px; margin-bottom: 16px; display: grid; gap: 12px; min-width: 0; }
section > * { min-width: 0; }
section header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; justify-content: space-between; }
section header p { color: var(--dim); font-size: 13px; }
.split { display: grid; grid-template-columns: minmax(260px, 1fr) minmax(0, 2fr); gap: 18px 32px; align-items: start; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 18px 24px; }
.scroll { overflow-x: auto; max-width: 100%; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: var(--dim); font-size: 12.5px; vertical-align: bottom; }
th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); }
td { vertical-align: top; overflow-wrap: break-word; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { color: inherit; font-size: inherit; font-weight: 500; vertical-align: top; overflow-wrap: break-word; }
table bdi, table code { overflow-wrap: break-word; max-width: 460px; display: inline-block; }
table.fit { width: auto; }
table.fit .number { width: auto; }
table.fit td, table.fit th { padding-right: 28px; }
.number { text-align: right; white-space: nowrap; width: 1%; }
td.number, th.number { padding-left: 10px; }
.tight { white-space: nowrap; }
caption { text-align: left; color: var(--dim); font-size: 13px; padding-bottom: 4px; }
.total > * { font-weight: 650; }
pre { margin: 0; background: var(--soft); border-radius: 6px; padding: 10px 12px; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; }
.cell, .cell bdi { white-space: pre-wrap; overflow-wrap: anywhere; }
.list { list-style: none; display: grid; gap: 4px; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr); gap: 4px 16px; font-size: 14px; }
.facts dt { color: var(--dim); overflow-wrap: anywhere; }
.facts dd { overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 12.5px; color: var(--dim); list-style: none; }
.legend svg { display: inline-block; width: 13px; height: 13px; vertical-align: -2px; margin-right: 6px; }
.empty { color: var(--dim); }
svg { display: block; max-width: 100%; }
svg.wide { width: 100%; height: auto; }
svg.timeline { min-width: 680px; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: var(--dim); font-variant-numeric: tabular-nums; }
svg .strong { fill: var(--text); }
svg .mid { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
svg .track { fill: var(--soft); }
svg .f-good { fill: var(--good-fill); }
svg .f-bad { fill: var(--bad-fill); }
svg .f-warn { fill: var(--warn-fill); }
svg .f-busy { fill: var(--busy-fill); }
svg .f-calm { fill: var(--calm-fill); }
svg .f-bar { fill: var(--bar); }
svg .f-queue { fill: var(--calm-fill); opacity: 0.7; }
svg .mark { fill: none; stroke: var(--card); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
svg .hollow { fill: var(--card); stroke: var(--calm-fill); stroke-width: 1.5; }
svg .dashed { fill: var(--card); stroke: var(--bad-fill); stroke-width: 1.8; stroke-dasharray: 3 2.4; }
svg .mark-bad { fill: none; stroke: var(--bad-fill); stroke-width: 1.8; stroke-linecap: round; }
svg .dot { fill: var(--calm-fill); }
svg .line { fill: none; stroke: var(--bar); stroke-width: 2; stroke-linejoin: round; }
svg .area { fill: var(--bar); opacity: 0.16; }
.from-end { display: flex; flex-direction: row-reverse; }
.from-end > table { flex: 1 0 auto; }
.calendar th, .calendar td { padding: 4px 3px; text-align: center; border-bottom: 0; }
.calendar thead th { font-weight: 500; padding-bottom: 2px; line-height: 1.25; white-space: nowrap; }
.calendar tbody th { position: sticky; left: 0; background: var(--card); text-align: left; padding-right: 14px; min-width: 120px; }
.calendar svg { width: 20px; height: 20px; margin: 0 auto; }
.calendar .today { background: var(--soft); }
.calendar thead .today { border-radius: 6px 6px 0 0; color: var(--text); font-weight: 650; }
.calendar tbody tr:last-child .today { border-radius: 0 0 6px 6px; }
footer { max-width: 1120px; margin: 0 auto; padding: 0 24px 32px; color: var(--dim); font-size: 12.5px; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 760px) {
  .split { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  main { padding: 18px 12px 8px; }
  footer { padding: 0 12px 24px; }
  section { padding: 14px 12px; }
  h1 { font-size: 22px; }
}
@media print {
  :root {
    --page: #ffffff; --card: #ffffff; --line: #c9ced5; --soft: #f1f3f5; --text: #000000; --dim: #44505c; --link: #0b5cad;
    --good: #17693c; --good-bg: #ffffff; --bad: #a81c1c; --bad-bg: #ffffff; --warn: #7a4b00; --warn-bg: #ffffff;
    --busy: #1b4fa0; --busy-bg: #ffffff; color-scheme: light;
  }
  @page { margin: 14mm; }
  body { font-size: 12px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, footer { max-width: none; padding-left: 0; padding-right: 0; padding-top: 0; }
  .chip { border: 1px solid currentcolor; }
  .callout, .tiles, tr, svg, .charts figure { break-inside: avoid; }
  section { border-radius: 0; border-width: 1px 0 0; padding: 10px 0 12px; margin-bottom: 6px; }
  h2, section header { break-after: avoid; }
  .scroll { overflow: visible; }
  .split { grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); }
  .facts, .callout dl, .callout .reason, .head p { font-size: 11.5px; }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(88px, 1fr)); }
  .tiles > div { padding: 7px 9px; }
  .tiles dd { font-size: 15px; }
  .tiles dt, .tiles .note, .legend, section header p, th, caption { font-size: 10.5px; }
  .chip, .head .chip { font-size: 10.5px; padding: 0 8px; }
  h1 { font-size: 20px; }
  h2 { font-size: 14px; }
  h3 { font-size: 12px; }
  details { display: none; }
  svg.timeline { min-width: 0; }
  table, code, pre { font-size: 10.5px; }
  .external::after { content: " (" attr(href) ")"; font-size: 9.5px; color: var(--dim); overflow-wrap: anywhere; }
}
`.trim();
