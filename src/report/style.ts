import { Markup } from './markup.ts';

/** Light, for screen and paper; system fonts, as the file needs nothing else. */
export const style = new Markup(`
:root { --ink: #1c2330; --soft: #5b6577; --line: #dfe4ec; --ground: #f6f7f9;
  --good: #1a7f4b; --bad: #b3261e; --warn: #9a6700; --calm: #3559a8; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, "Segoe UI", sans-serif; }
main { max-width: 1000px; margin: 32px auto; padding: 36px 40px; background: #fff; border: 1px solid var(--line); border-radius: 8px; }
h1 { margin: 10px 0 16px; font-size: 28px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 36px 0 10px; font-size: 17px; }
h3 { margin: 20px 0 6px; font-size: 14px; }
p { margin: 6px 0; }
code, pre { font: 12px/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; overflow-wrap: anywhere; }
pre { margin: 6px 0 0; white-space: pre-wrap; }
dl { display: grid; gap: 2px 24px; margin: 0; }
dl div { display: grid; grid-template-columns: 110px 1fr; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: 8px 0; }
th, td { padding: 6px 12px 6px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: 12px; font-weight: 600; white-space: nowrap; }
tbody th { padding-top: 16px; }
.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.outcome { display: inline-block; margin: 0; padding: 4px 12px; border-radius: 6px; color: #fff; font-weight: 600; background: var(--calm); }
.outcome.completed { background: var(--good); }
.outcome.undone { background: var(--warn); }
.outcome.refused, .outcome.needs-operator { background: var(--bad); }
.failure { margin: 20px 0 0; padding: 10px 14px; border-left: 4px solid var(--bad); background: #fdf3f2; }
.tag { display: inline-block; white-space: nowrap; padding: 0 8px; border-radius: 4px; font-size: 12px; font-weight: 600; color: var(--soft); background: #eef1f5; }
.tag.yes, .tag.approved, .tag.applied { color: var(--good); background: #e8f5ee; }
.tag.no, .tag.block, .tag.rejected, .tag.expired { color: var(--bad); background: #fcebea; }
.tag.warn, .tag.undone, .tag.intended { color: var(--warn); background: #fdf4df; }
tr.seen td { padding-top: 0; color: var(--soft); font-size: 12px; }
.findings code { white-space: nowrap; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 13px system-ui, "Segoe UI", sans-serif; fill: var(--ink); }
svg .took { text-anchor: end; fill: var(--soft); }
svg .lane { fill: none; stroke: var(--line); stroke-width: 0 0 1px; }
svg g:nth-child(odd) .lane { fill: var(--ground); stroke: none; }
svg g:nth-child(even) .lane { stroke: none; }
svg .bar.works { fill: var(--calm); }
svg .bar.waits { fill: #a9b8d6; }
svg .bar.undo { fill: #d29922; }
svg .bar.failed { fill: var(--bad); }
.stages td:first-child, .facts td:first-child { white-space: nowrap; }
.facts td { width: 42%; }
.facts td:first-child { width: 16%; color: var(--soft); }
.facts .same td { color: var(--soft); }
.facts .changed td:first-child { color: var(--ink); font-weight: 600; }
.facts .changed td:first-child::after { content: " *"; color: var(--warn); }
del { color: var(--bad); background: #fcebea; text-decoration: none; padding: 0 4px; margin-left: -4px; border-radius: 3px; }
ins { color: var(--good); background: #e8f5ee; text-decoration: none; padding: 0 4px; margin-left: -4px; border-radius: 3px; }
.legend, footer { color: var(--soft); font-size: 12px; }
footer { margin-top: 36px; }
summary { cursor: pointer; color: var(--calm); }
@media print {
  body { background: none; font-size: 11px; }
  main { max-width: none; margin: 0; padding: 0; border: 0; }
  section, tr, svg { break-inside: avoid; }
  h2 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
