import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { auditCsv, csvColumns, csvField } from '../../src/audit/csv.ts';
import { domainOf } from './in-domain.ts';

/** Reads what RFC 4180 describes, and nothing more lenient: every record ends with CRLF. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    if (!match) throw new Error(`not RFC 4180 at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

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

  test.each([
    ['plain', 'plain'],
    ['CN=a,DC=b', '"CN=a,DC=b"'],
    ['say "hi"', '"say ""hi"""'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1', "'＝1"],
    ['\t=1', '\\u{9}=1'],
    ['  =1', "'  =1"],
    ['a\r\n=1', 'a\\u{d}\\u{a}=1'],
    [null, ''],
    [true, 'true'],
    [2, '2'],
  ])('%j is %s', (value, written) => {
    expect(csvField(value)).toBe(written);
  });

  test('any text is one field, which no spreadsheet takes for a formula and no reader for two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rows = parseCsv(`${csvField(text)},end\r\n`);
        expect(rows).toHaveLength(1);
        expect(rows[0]).toHaveLength(2);
        expect(rows[0]![0]).not.toMatch(/^[\s]*[=+\-@]/);
        expect(rows[0]![0]).not.toMatch(/[\p{Cc}]/u);
      }),
    );
  });
});
