import { escapeMarkdown } from '../wording/escape/markdown.ts';
import { moment } from '../wording/time.ts';
import { sectionsOf } from './document.ts';
import type { PublicKey } from './keys.ts';
import { type Block, type Cell, type Row, signs, type Table } from './model.ts';
import type { SealedReport } from './seal.ts';
import { summaryOf } from './summary.ts';

/**
 * The report as Markdown (CommonMark, with the tables of GitHub), for tickets and repositories. Whatever directory, hosts
 * and people have written stays text: no heading, no HTML, and no link but those that GitHub makes of names (escapeMarkdown).
 */
export function renderMarkdown(sealed: SealedReport, signer: PublicKey | null): string {
  const { title, outcome, tone, sentence, figures, facts } = summaryOf(sealed.report);
  const sections = sectionsOf(sealed, signer);
  const { madeAt, madeBy } = sealed.report;
  return `${[
    `# ${escapeMarkdown(title)}`,
    `**${signs[tone]} ${escapeMarkdown(outcome)}.** ${escapeMarkdown(sentence)}`,
    facts.map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`).join('\n'),
    figures.map(({ value, of, note }) => `- ${escapeMarkdown(`${value} ${of}: ${note}`)}`).join('\n'),
    ...sections.flatMap(({ title, blocks }) => [`## ${title}`, ...blocks.flatMap(blockText)]),
    '---',
    `Written ${moment(madeAt)} by ${escapeMarkdown(madeBy)}. All times are UTC. SHA-256 of the report ${sealed.digest}`,
  ].join('\n\n')}\n`;
}

function blockText(block: Block): string[] {
  switch (block.kind) {
    case 'text':
      return [cellText(block.cell)];
    case 'heading':
      return [`### ${escapeMarkdown(block.text)}${block.mark ? `: ${cellText(block.mark)}` : ''}`];
    case 'list':
      return [block.items.map((item) => `- ${cellText(item)}`).join('\n')];
    case 'table':
      return [tableText(block)];
    case 'timeline':
      return [];
  }
}

function tableText({ titles, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(titles),
    line(titles.map(() => '---')),
    ...rows.map((row) => line(rowCells(row, titles.length))),
  ].join('\n');
}

/** One cell over all columns there is none: what follows it stays empty. */
function rowCells({ kind, cells }: Row, columns: number): string[] {
  const texts = cells.map(cellText);
  if (kind === 'group') texts[0] = `**${texts[0]}**`;
  return Array.from({ length: columns }, (_, at) => texts[at] ?? '');
}

function cellText(cell: Cell): string {
  if (typeof cell === 'string') return escapeMarkdown(cell);
  if (Array.isArray(cell)) return cell.map(cellText).join('<br>');
  if ('code' in cell) return escapeMarkdown(cell.code);
  if ('time' in cell) return moment(cell.time).slice(0, 19);
  if ('added' in cell) return `\\+ ${escapeMarkdown(cell.added)}`;
  if ('removed' in cell) return `\\- ${escapeMarkdown(cell.removed)}`;
  return `${cell.sign ?? signs[cell.mark]} ${escapeMarkdown(cell.word)}`;
}
