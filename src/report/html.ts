import { stageEnd } from '../domain/migration/stages.ts';
import { html, type Markup } from '../wording/escape/html.ts';
import { moment } from '../wording/time.ts';
import { charts } from './chart/chart.ts';
import { sectionsOf } from './document.ts';
import type { PublicKey } from './keys.ts';
import { type Block, type Cell, type Row, type Section, signs, type Table } from './model.ts';
import type { Report } from './report.ts';
import type { SealedReport } from './seal.ts';
import { style } from './style.ts';
import { type Summary, summaryOf } from './summary.ts';

/**
 * The report as one HTML file that needs nothing else and runs nothing: for the screen and for paper. Everything from
 * directory, hosts and people is escaped. `signer`: whose signature the JSON report has; null for none.
 */
export function renderHtml(sealed: SealedReport, signer: PublicKey | null): string {
  const { report } = sealed;
  const summary = summaryOf(report);
  const sections = sectionsOf(sealed, signer);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${summary.title}: ${summary.outcome}</title>
<style>${style}</style>
</head>
<body>
<main>
${header(summary)}
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
${sections.map((section) => sectionMarkup(section, report))}
<footer>Written ${moment(report.madeAt)} by ${report.madeBy}. All times are UTC. ${
    signer ? `Signed: ${signer.thumbprint}.` : 'Not signed.'
  } SHA-256 of the report ${sealed.digest}</footer>
</main>
</body>
</html>
`.text;
}

function header({ title, outcome, tone, sentence, figures, facts }: Summary): Markup {
  return html`<header>
<p class="kind">Migration of a service account</p>
<h1>${title}</h1>
<div class="outcome ${tone}"><span class="sign" aria-hidden="true">${signs[tone]}</span><div><strong>${outcome}</strong><p>${sentence}</p></div></div>
<div class="figures">${figures.map(
    ({ value, of, note }) =>
      html`<div><strong>${value}</strong> <span>${of}</span><small>${note}</small></div>`,
  )}</div>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function sectionMarkup({ id, title, blocks }: Section, report: Report): Markup {
  return html`<section id="${id}"><h2>${title}</h2>${blocks.map((block) => blockMarkup(block, report))}</section>`;
}

function blockMarkup(block: Block, { status, madeAt }: Report): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p>${cellMarkup(block.cell)}</p>`;
    case 'heading':
      return html`<h3>${block.text} ${block.mark ? cellMarkup(block.mark) : null}</h3>`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${cellMarkup(item)}</li>`)}</ul>`;
    case 'table':
      return tableMarkup(block);
    case 'timeline': {
      const ends = status.stages.map((stage) => stageEnd(stage, status) ?? Date.parse(madeAt));
      return charts(status, Math.max(...ends));
    }
  }
}

/** Repeats the title of the column in each cell: a narrow screen shows it beside the value. */
function tableMarkup({ name, titles, rows }: Table): Markup {
  const body = groupsOf(rows).map(
    (group) => html`<tbody>${group.map((row) => rowMarkup(row, titles))}</tbody>`,
  );
  return html`<table class="${name}"><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>${body}</table>`;
}

/** Splits rows by group: each becomes a `tbody`, so that a page break keeps the head with its first row. */
function groupsOf(rows: Row[]): Row[][] {
  const groups: Row[][] = [];
  for (const row of rows) {
    if (row.kind === 'group' || groups.length === 0) groups.push([]);
    groups.at(-1)!.push(row);
  }
  return groups;
}

function rowMarkup({ kind, cells }: Row, titles: string[]): Markup {
  if (kind === 'group')
    return html`<tr class="group"><th scope="rowgroup" colspan="${titles.length}">${cellMarkup(cells[0]!)}</th></tr>`;
  if (kind === 'sub')
    return html`<tr class="sub"><td colspan="${titles.length}">${cellMarkup(cells[0]!)}</td></tr>`;
  return html`<tr${kind ? html` class="${kind}"` : null}>${cells.map(
    (cell, at) => html`<td data-title="${titles[at] ?? ''}">${cellMarkup(cell)}</td>`,
  )}</tr>`;
}

/** Names and filters have no spaces: they are broken behind their punctuation, where there is no room for them. */
function breakable(text: string): Markup {
  const parts = text.split(/(?<=[.,;:=/\\@)])(?=[^\s.,;:=/\\@)])/);
  return html`${parts.map((part, at) => (at === 0 ? html`${part}` : html`<wbr>${part}`))}`;
}

function cellMarkup(cell: Cell): Markup {
  if (typeof cell === 'string') return breakable(cell);
  if (Array.isArray(cell)) return html`${cell.map((line) => html`<div>${cellMarkup(line)}</div>`)}`;
  if ('code' in cell) return html`<code>${breakable(cell.code)}</code>`;
  if ('time' in cell) return html`<time datetime="${cell.time}">${moment(cell.time).slice(0, 19)}</time>`;
  if ('added' in cell) return html`<ins><b aria-hidden="true">+</b> ${breakable(cell.added)}</ins>`;
  if ('removed' in cell)
    return html`<del><b aria-hidden="true">−</b> <span>${breakable(cell.removed)}</span></del>`;
  return html`<span class="mark ${cell.mark}"><b aria-hidden="true">${cell.sign ?? signs[cell.mark]}</b> <span>${cell.word}</span></span>`;
}
