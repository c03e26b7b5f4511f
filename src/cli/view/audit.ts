import type { Audit } from '../../audit/audit.ts';
import type { AuditedPair } from '../../audit/report.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { counted } from '../../wording/lists.ts';
import { moment } from '../../wording/time.ts';
import { findingLines } from './plan.ts';
import { joinSections, paint, tableLine, widthsOf, wrap } from './text.ts';

/** The pairs as a table, then what is wrong by severity, then what was not asked, then one line that sums it up. */
export function renderAudit(audit: Audit, options: { color: boolean; width: number }): string {
  const safe = escapeTerminal(audit);
  return joinSections([
    safe.pairs.length > 0 ? tableLines(safe.pairs, options) : [],
    safe.findings.length > 0
      ? findingLines(safe.findings, { ...options, width: Math.max(60, options.width) })
      : [],
    [...elsewhereLines(safe, options), ...eventLines(safe, options), ...summaryLines(safe, options)],
  ]);
}

const head = ['ACCOUNT', 'DMSA', 'STATE', 'SINCE (UTC)', 'PRINCIPALS', 'VERDICT'];

function tableLines(pairs: AuditedPair[], { color, width }: { color: boolean; width: number }): string[] {
  const { bold, red, yellow, dim } = paint(color);
  const colors = { block: red, warn: yellow, info: (text: string) => text, ok: dim };
  const rows = pairs.map(cellsOf);
  const widths = fitted(widthsOf([head, ...rows]), width);
  const line = (row: string[]) => tableLine(row, widths);
  return [bold(line(head)), ...rows.map((row, at) => colors[pairs[at]!.verdict](line(row)))];
}

function cellsOf({ account, dmsa, state, since, verdict, astray }: AuditedPair): string[] {
  const nothing = astray === null ? '–' : '?';
  return [
    account?.samAccountName ?? nothing,
    dmsa?.samAccountName ?? nothing,
    state === 'differs' ? `${account!.state} ≠ ${dmsa!.state}` : state,
    since ? `${since.exact ? '' : '≤ '}${moment(since.at).slice(0, 16)}` : '?',
    dmsa ? (dmsa.malformed === null ? String(dmsa.principals.length) : '?') : '',
    verdict,
  ];
}

/** Names give way where the terminal is too narrow for the table, the longer of the two first. */
function fitted(widths: number[], width: number): number[] {
  const result = [...widths];
  const total = () => result.reduce((sum, each) => sum + each + 2, -2);
  while (total() > width) {
    const at = result[0]! >= result[1]! ? 0 : 1;
    if (result[at]! <= 8) break;
    result[at]!--;
  }
  return result;
}

function elsewhereLines({ elsewhere }: Audit, { color, width }: { color: boolean; width: number }): string[] {
  if (elsewhere.length === 0) return [];
  const text = `Not read: ${elsewhere.join('; ')}. Run the audit against a domain controller of each.`;
  return wrap(text, width).map(paint(color).yellow);
}

function eventLines({ events, pairs }: Audit, { color, width }: { color: boolean; width: number }): string[] {
  const { dim } = paint(color);
  if (!events.asked) return pairs.length > 0 ? [dim(`Event 3085 was not read: ${events.why}.`)] : [];
  return events.logs.flatMap(({ server, oldestAt, unread }) => {
    const reach = oldestAt === null ? 'is empty' : `reaches back to ${moment(oldestAt)}`;
    const text = `Event 3085 of ${server}: ${unread === null ? `its log ${reach}` : `not read, ${unread}`}`;
    return wrap(text, width).map(dim);
  });
}

function summaryLines(audit: Audit, { color, width }: { color: boolean; width: number }): string[] {
  const { domain, summary, readAt, pairs } = audit;
  const { red, yellow, green } = paint(color);
  const worst = summary.block > 0 ? red : summary.warn > 0 ? yellow : green;
  const found = (['block', 'warn', 'info'] as const).map((severity) => `${summary[severity]} ${severity}`);
  const seen = [
    counted(summary.dmsas, 'dMSA'),
    counted(summary.accounts, 'account'),
    counted(summary.pairs, 'pair'),
  ];
  const line = `${domain}: ${seen.join(', ')}, read ${moment(readAt)}: ${found.join(', ')}`;
  return [
    ...(pairs.length > 0 ? [] : ['No dMSA and no superseded account.']),
    ...wrap(line, width).map(worst),
  ];
}
