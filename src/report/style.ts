import { Markup } from '../wording/escape/html.ts';

/** Light and dark on a screen, light on paper; system fonts, as the file needs nothing else. */
export const style = new Markup(`
:root { --ink: #17202c; --soft: #586374; --line: #dde3eb; --ground: #eef1f5; --page: #fff; --lane: #f6f8fa;
  --good: #14713f; --bad: #b3261e; --warn: #8a5a00; --calm: #2c56a3; --unknown: #586374; --back: #8a5a00;
  --good-soft: #e6f4ec; --bad-soft: #fdecea; --warn-soft: #fdf3dc; --calm-soft: #e8eef9; --unknown-soft: #eef1f5; --back-soft: #fdf3dc;
  --works: #3f6fc4; --waits: #c3d0e8; --waits-line: #9fb3da; --undo: #d2952a; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e5e9ef; --soft: #9aa6b6; --line: #2b3543; --ground: #0c1117; --page: #141b24; --lane: #19222d;
  --good: #5fd08f; --bad: #ff8f86; --warn: #f0bd56; --calm: #8db4ff; --unknown: #9aa6b6; --back: #f0bd56;
  --good-soft: #12301f; --bad-soft: #3b1917; --warn-soft: #34280f; --calm-soft: #1a2942; --unknown-soft: #232d3a; --back-soft: #34280f;
  --works: #5b8be0; --waits: #30425f; --waits-line: #46608b; --undo: #c98d25; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 28px auto; padding: 40px 48px 32px; background: var(--page); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: 2px 0 20px; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { margin: 0 0 12px; padding-bottom: 6px; font-size: 18px; border-bottom: 2px solid var(--ink); }
h3 { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; margin: 22px 0 4px; font-size: 15px; }
p, ul { margin: 6px 0; } ul { padding-left: 20px; }
section { margin-top: 40px; scroll-margin-top: 12px; }
section > p { color: var(--soft); overflow-wrap: anywhere; }
code { font: 12px/1.5 ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.kind { margin: 0; color: var(--soft); font-size: 12px; letter-spacing: 0.06em; text-transform: uppercase; }
.outcome { display: flex; gap: 16px; align-items: center; padding: 16px 20px; border-radius: 10px; border-left: 6px solid var(--tone); background: var(--tone-soft); }
.outcome strong { font-size: 18px; color: var(--tone); } .outcome p { margin: 2px 0 0; overflow-wrap: anywhere; }
.outcome .sign { flex: none; display: grid; place-items: center; width: 36px; height: 36px; border-radius: 50%; background: var(--tone); color: var(--page); font-size: 20px; font-weight: 700; }
.good { --tone: var(--good); --tone-soft: var(--good-soft); } .bad { --tone: var(--bad); --tone-soft: var(--bad-soft); }
.warn { --tone: var(--warn); --tone-soft: var(--warn-soft); } .calm { --tone: var(--calm); --tone-soft: var(--calm-soft); }
.back { --tone: var(--back); --tone-soft: var(--back-soft); } .unknown { --tone: var(--unknown); --tone-soft: var(--unknown-soft); }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 16px 0; }
.figures > div { padding: 12px 16px; border: 1px solid var(--line); border-radius: 10px; }
.figures strong { font-size: 22px; font-variant-numeric: tabular-nums; } .figures small { display: block; color: var(--soft); }
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 32px; margin: 0; }
dl div { display: grid; grid-template-columns: 96px minmax(0, 1fr); } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 20px 0 0; padding-top: 14px; border-top: 1px solid var(--line); font-size: 13px; }
a { color: var(--calm); text-decoration: none; } a:hover { text-decoration: underline; }
table { width: 100%; border-collapse: collapse; margin: 10px 0; }
th, td { padding: 7px 14px 7px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-size: 12px; font-weight: 600; white-space: nowrap; }
tr.group th { padding: 16px 0 6px; font-weight: 650; } tr.group th div + div { color: var(--soft); font-weight: 400; font-size: 12px; }
tr.sub td { padding: 0 0 8px 14px; color: var(--soft); font-size: 12px; } tr:has(+ tr.sub) td { border-bottom: 0; padding-bottom: 2px; }
time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.mark { display: inline-block; padding: 0 8px; border-radius: 5px; font-size: 12px; font-weight: 600; line-height: 20px; color: var(--tone); background: var(--tone-soft); overflow-wrap: anywhere; }
.stages td:nth-child(1) { width: 19%; } .stages td:nth-child(2) { width: 16%; } .stages td:nth-child(3) { width: 8%; white-space: nowrap; }
.votes td:nth-child(1), .votes td:nth-child(6) { width: 17%; } .votes td:nth-child(2) { width: 11%; white-space: nowrap; } .votes td:nth-child(4) { width: 16%; } .votes td:nth-child(5) { width: 18%; }
.facts td:nth-child(1) { width: 15%; color: var(--soft); } .facts td:nth-child(2), .facts td:nth-child(3) { width: 37%; }
.facts .same td { color: var(--soft); } .facts .changed td:nth-child(1) { color: var(--ink); font-weight: 600; }
ins, del { display: inline-block; padding: 0 8px; border-radius: 5px; text-decoration: none; }
ins { color: var(--good); background: var(--good-soft); } del { color: var(--bad); background: var(--bad-soft); } del span { text-decoration: line-through; text-decoration-thickness: 1px; }
.evidence th, .evidence td { padding-right: 6px; } .evidence td:not(:first-child) .mark > span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.evidence td { position: relative; }
.commands td:nth-child(1) { width: 150px; } .commands td:nth-child(2) { width: 150px; } .commands td:nth-child(3) { width: 150px; } .commands td:nth-child(5) { width: 27%; }
.reads td:nth-child(1) { width: 14%; } .reads td:nth-child(2) { width: 27%; } .reads td:nth-child(4) { width: 17%; } .reads td:nth-child(5) { width: 7%; text-align: right; }
.reads thead th:last-child { text-align: right; } .hashes td:first-child { width: 240px; } .sets td:first-child { width: 14%; } .journal td:nth-child(3) { width: 26%; }
.findings td:nth-child(1), .findings code { white-space: nowrap; } .findings td:nth-child(3) { width: 22%; } .findings td:nth-child(5) { width: 26%; }
.legend { font-size: 12px; } .key { display: inline-block; width: 22px; height: 10px; margin: 0 5px 0 10px; border-radius: 3px; vertical-align: 0; } .key:first-child { margin-left: 0; }
.key.works { background: var(--works); } .key.failed { background: var(--bad); } .key.undo { background: var(--undo); }
.key.waits { background: repeating-linear-gradient(135deg, var(--waits-line) 0 2px, var(--waits) 2px 5px); }
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; } svg.narrow { display: none; }
svg text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); } svg .took { text-anchor: end; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg text.tick { font-size: 11px; fill: var(--soft); } svg path.tick { stroke: var(--line); stroke-dasharray: 2 3; }
svg .lane { fill: none; } svg .lane.even { fill: var(--lane); }
svg .bar.works { fill: var(--works); } svg .bar.undo { fill: var(--undo); } svg .bar.failed { fill: var(--bad); }
.waits-ground { fill: var(--waits); } .waits-line { fill: var(--waits-line); }
svg .turn { stroke: var(--undo); stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; }
svg .sign { fill: none; stroke-width: 2.5; stroke-linecap: round; } svg .sign.failed { stroke: var(--bad); } svg .sign.undo { fill: var(--undo); }
svg .vote circle { fill: var(--page); stroke-width: 2; } svg .vote path { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
svg .vote.yes * { stroke: var(--good); } svg .vote.no * { stroke: var(--bad); } svg .vote.refused * { stroke: var(--unknown); }
@media screen and (max-width: 720px) {
  main { margin: 0; padding: 20px 16px; border: 0; border-radius: 0; } h1 { font-size: 23px; }
  svg.wide { display: none; } svg.narrow { display: block; }
  .figures { grid-template-columns: 1fr 1fr; } dl { grid-template-columns: minmax(0, 1fr); } .outcome { align-items: flex-start; padding: 14px; }
  table, tbody, tr, td, tr.group th { display: block; width: auto !important; } thead { display: none; }
  tr { padding: 8px 0; border-bottom: 1px solid var(--line); } tr.group { padding: 12px 0 0; border: 0; }
  td, tr.group th { border: 0; padding: 2px 0 !important; text-align: left !important; }
  td[data-title]:not([data-title=""])::before { content: attr(data-title) ": "; color: var(--soft); font-size: 12px; }
  td:has(> div)::before { display: block; }
  .evidence tr:not(.sub) { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 2px 8px; } .evidence td:first-child { grid-column: 1 / -1; font-weight: 600; } .evidence td:first-child::before { content: none !important; }
  .evidence tr.sub td { font-weight: 400; } tr:has(+ tr.sub) { border-bottom: 0; }
}
@media print {
  @page { size: A4; margin: 16mm 14mm 18mm; @bottom-right { content: counter(page) " of " counter(pages); font: 9px sans-serif; color: #586374; } }
  body { background: none; font-size: 10.5px; } main { max-width: none; margin: 0; padding: 0; border: 0; }
  nav { display: none; } section { margin-top: 24px; } h1 { font-size: 24px; } h2 { font-size: 15px; } code { font-size: 9px; }
  tr, svg, .outcome, .figures, dl { break-inside: avoid; } h2, h3, thead, tr.group, tr:has(+ tr.sub) { break-after: avoid; } thead { display: table-header-group; }
  .mark, thead th, .legend, tr.sub td, tr.group th div + div, footer { font-size: 9px; } .mark { line-height: 15px; }
  th, td { padding-top: 4px; padding-bottom: 4px; } .commands td:nth-child(1) { width: 11%; } .commands td:nth-child(2) { width: 18%; } .commands td:nth-child(3) { width: 16%; } .commands time { white-space: normal; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
