import { describe, expect, test } from 'vitest';

import { auditCsv, csvColumns } from '../../src/audit/csv.ts';
import { parseCsv } from '../wording/escape/parse-csv.ts';
import { domainOf } from './in-domain.ts';

describe('comma-separated values', () => {
  test('have a row for each finding and for each pair without any, under one header', async () => {
    const domain = await domainOf();
    await domain.account('svc-good');
    await domain.dmsa('dmsa-good');
    await domain.start('svc-good', 'dmsa-good');
    await domain.account('-SUM(1)', { state: 1 });
    await domain.dmsa('dmsa-bad', { state: 3, principals: ['S-1-1-0', 'S-1-5-11'] });
    const audit = await domain.audit();
    const [header, ...rows] = parseCsv(auditCsv(audit));
    expect(header).toEqual(csvColumns);
    const cell = (row: string[], name: string) => row[csvColumns.indexOf(name)];
    expect(rows.map((row) => [cell(row, 'account'), cell(row, 'dmsa'), cell(row, 'code')])).toEqual([
      ["'-SUM(1)", '', 'STATE_WITHOUT_LINK'],
      ['svc-good', 'dmsa-good$', ''],
      ['', 'dmsa-bad$', 'PRINCIPAL_UNKNOWN'],
      ['', 'dmsa-bad$', 'PRINCIPAL_UNKNOWN'],
    ]);
    expect(rows.every((row) => row.length === csvColumns.length)).toBe(true);
    expect(cell(rows[1]!, 'since')).toBe('2025-06-01T08:00:00.000Z');
    expect(cell(rows[2]!, 'principals')).toBe('Everyone Authenticated Users');
  });
});
