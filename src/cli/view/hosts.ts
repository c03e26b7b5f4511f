import type { HostEvidence } from '../../domain/facts/host-evidence.ts';
import type { FailedHost } from '../../domain/migration/status.ts';
import { columnsFor, type EvidenceColumn, evidenceColumns, wordSkip } from '../../wording/evidence.ts';
import { wordFailure } from '../../wording/failure.ts';
import { andMore } from '../../wording/lists.ts';
import type { StatusView } from './status-view.ts';
import { columns, padTo, paint, shorten } from './text.ts';

interface EvidenceCell extends EvidenceColumn {
  head: string;
  width: number;
}

/** Columns that are left for a host's name at the least, or the titles are shortened. */
const leastName = 20;

/** Matrix of yes, no and ? (unknown), one host a line. If not all fit, the hosts that are least far stay. */
export function hostLines(hosts: HostEvidence[], options: StatusView & { failed?: FailedHost[] }): string[] {
  if (hosts.length === 0) return [];
  const { color, width, progress = {}, maxHosts = Number.POSITIVE_INFINITY, failed = [] } = options;
  const { bold, dim } = paint(color);
  const shown = hosts.length > maxHosts ? mostTelling(hosts, maxHosts, progress) : hosts;
  const cells = cellsFor(hosts, width);
  const nameWidth = Math.min(
    Math.max(...shown.map(({ host }) => columns(host)), 5),
    width - 3 - taken(cells),
  );
  const heads = cells.map(({ head, width }) => `  ${padTo(head, width)}`).join('');
  const lines = shown.flatMap((evidence) => [
    `  ${padTo(evidence.host, nameWidth)}${verdicts(evidence, cells, color)}`,
    ...remarks(evidence, { ...options, progress, failed }),
  ]);
  const left = hosts.length - shown.length;
  return [
    bold(`${padTo('Hosts', nameWidth + 2)}${heads}`.trimEnd()),
    ...lines,
    ...(left > 0 ? [dim(`  ${andMore(left)}`)] : []),
  ];
}

function cellsFor(hosts: HostEvidence[], width: number): EvidenceCell[] {
  const titled = (of: 'title' | 'short') =>
    columnsFor(hosts).map((each) => ({ ...each, head: each[of], width: Math.max(3, each[of].length) }));
  const long = titled('title');
  const optional = long.some((each) => each.optional);
  return optional && width - 3 - taken(long) < leastName ? titled('short') : long;
}

function taken(cells: EvidenceCell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width + 2, 0);
}

/** Remarks below a host: progress, failure, skip. */
function remarks(
  { host, skipped }: HostEvidence,
  { color, width, progress = {}, failed = [] }: StatusView & { failed?: FailedHost[] },
): string[] {
  const { dim, red } = paint(color);
  const failure = failed.find((each) => each.host === host);
  return [
    ...(progress[host] ? [dim(`    ${shorten(progress[host], width - 4)}`)] : []),
    ...(failure ? [red(`    ${shorten(wordFailure(failure), width - 4)}`)] : []),
    ...(skipped ? [dim(`    ${shorten(wordSkip(skipped), width - 4)}`)] : []),
  ];
}

function verdicts(evidence: HostEvidence, cells: EvidenceCell[], color: boolean): string {
  const { green, red, dim } = paint(color);
  const style = { yes: green, no: red, unknown: dim };
  return cells
    .map(({ of, width }, index) => {
      const text = of(evidence) === 'unknown' ? '?' : of(evidence);
      const last = index === cells.length - 1;
      return `  ${style[of(evidence)](text)}${last ? '' : ' '.repeat(width - text.length)}`;
    })
    .join('');
}

/** Hosts to show: at work first, then those that are least far; skipped ones last. */
function mostTelling(hosts: HostEvidence[], count: number, progress: Record<string, string>): HostEvidence[] {
  const yeses = (evidence: HostEvidence) => evidenceColumns.filter(({ of }) => of(evidence) === 'yes').length;
  const rank = (evidence: HostEvidence) =>
    (progress[evidence.host] ? -20 : 0) + (evidence.skipped ? 20 : 0) + yeses(evidence);
  const chosen = new Set([...hosts].sort((a, b) => rank(a) - rank(b)).slice(0, count));
  return hosts.filter((evidence) => chosen.has(evidence));
}
