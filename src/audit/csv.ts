import type { Finding } from '../domain/findings/findings.ts';
import { type CsvValue, csvTable } from '../wording/escape/csv.ts';
import type { Audit } from './audit.ts';
import type { AuditedPair } from './report.ts';

type AuditColumn = (pair: AuditedPair, finding: Finding | null) => CsvValue;

/** The columns in their order, and where each comes from. */
const columns: Record<string, AuditColumn> = {
  account: ({ account }) => account?.samAccountName,
  account_dn: ({ account }) => account?.dn,
  account_state: ({ account }) => account?.state,
  account_enabled: ({ account }) => account?.enabled,
  dmsa: ({ dmsa }) => dmsa?.samAccountName,
  dmsa_dn: ({ dmsa }) => dmsa?.dn,
  dmsa_state: ({ dmsa }) => dmsa?.state,
  linked: ({ linked }) => linked,
  state: ({ state }) => state,
  since: ({ since }) => since?.at,
  since_exact: ({ since }) => since?.exact,
  start_known: ({ start }) => start?.verdict,
  principals: ({ dmsa }) => dmsa?.principals.map(({ name, sid }) => name ?? sid).join(' '),
  verdict: ({ verdict }) => verdict,
  severity: (_, finding) => finding?.severity,
  code: (_, finding) => finding?.code,
  subject: (_, finding) => finding?.subject,
  evidence: (_, finding) => finding?.evidence,
  fix: (_, finding) => finding?.fix,
};

export const csvColumns = Object.keys(columns);

/**
 * The audit as comma-separated values (RFC 4180): a header, CRLF after each line, quotes around what needs them. A row
 * for each finding, and one for each pair without any: nothing is missing from a sheet, and each row can be filtered
 * and ticked off by itself. UTF-8 without a byte order mark.
 */
export function auditCsv({ pairs }: Audit): string {
  const rows = pairs.flatMap((pair) => {
    const findings = pair.findings.length > 0 ? pair.findings : [null];
    return findings.map((finding) => Object.values(columns).map((cell) => cell(pair, finding)));
  });
  return csvTable([csvColumns, ...rows]);
}
