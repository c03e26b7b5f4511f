import type { HostEvidence, Verdict } from '../../domain/facts.ts';
import type { RenderOptions } from './status.ts';
import { columns, padTo, paint, shorten } from './text.ts';

/** What is known of each host; the numbers are the events of the Kerberos log. */
export const evidenceColumns: { title: string; of: (evidence: HostEvidence) => Verdict }[] = [
  { title: 'policy', of: ({ policy }) => policy },
  { title: 'restart', of: ({ restarted }) => restarted },
  { title: '307', of: ({ discovered }) => discovered },
  { title: '308', of: ({ joined }) => joined },
  { title: 'principal', of: ({ principal }) => principal },
  { title: '309', of: ({ keysFetched }) => keysFetched },
];

const cellWidths = evidenceColumns.map(({ title }) => Math.max(3, title.length));

/** A matrix of yes, no and ? (unknown), one host a line; the hosts that are least far come first where some are left out. */
export function hostLines(hosts: HostEvidence[], options: RenderOptions): string[] {
  if (hosts.length === 0) return [];
  const { color, width, progress = {}, maxHosts = Number.POSITIVE_INFINITY } = options;
  const { bold, dim } = paint(color);
  const shown = hosts.length > maxHosts ? mostTelling(hosts, maxHosts, progress) : hosts;
  const nameWidth = Math.min(
    Math.max(...shown.map(({ host }) => columns(host)), 5),
    width - 3 - cellWidths.reduce((sum, cell) => sum + cell + 2, 0),
  );
  const title = `${padTo('Hosts', nameWidth + 2)}${evidenceColumns.map(({ title }, index) => `  ${padTo(title, cellWidths[index]!)}`).join('')}`;
  const lines = shown.flatMap((evidence) => [
    `  ${padTo(evidence.host, nameWidth)}${cells(evidence, color)}`,
    ...(progress[evidence.host] ? [dim(`    ${shorten(progress[evidence.host]!, width - 4)}`)] : []),
  ]);
  const left = hosts.length - shown.length;
  return [bold(title.trimEnd()), ...lines, ...(left > 0 ? [dim(`  and ${left} more`)] : [])];
}

function cells(evidence: HostEvidence, color: boolean): string {
  const { green, red, dim } = paint(color);
  const style = { yes: green, no: red, unknown: dim };
  return evidenceColumns
    .map(({ of }, index) => {
      const text = of(evidence) === 'unknown' ? '?' : of(evidence);
      const last = index === evidenceColumns.length - 1;
      return `  ${style[of(evidence)](text)}${last ? '' : ' '.repeat(cellWidths[index]! - text.length)}`;
    })
    .join('');
}

function mostTelling(hosts: HostEvidence[], count: number, progress: Record<string, string>): HostEvidence[] {
  const yeses = (evidence: HostEvidence) => evidenceColumns.filter(({ of }) => of(evidence) === 'yes').length;
  const rank = (evidence: HostEvidence) => (progress[evidence.host] ? -10 : 0) + yeses(evidence);
  const chosen = new Set([...hosts].sort((a, b) => rank(a) - rank(b)).slice(0, count));
  return hosts.filter((evidence) => chosen.has(evidence));
}
