import fc from 'fast-check';
import { expect, test } from 'vitest';

import { csvTable, escapeCsv } from '../../../src/wording/escape/csv.ts';
import { hostile } from './hostile.ts';
import { parseCsv } from './parse-csv.ts';

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
  expect(escapeCsv(value)).toBe(written);
});

test('any text is one field, which no spreadsheet takes for a formula and no reader for two', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const rows = parseCsv(csvTable([[text, 'end']]));
      expect(rows).toHaveLength(1);
      expect(rows[0]).toHaveLength(2);
      expect(rows[0]![0]).not.toMatch(/^[\s]*[=+\-@]/);
      expect(rows[0]![0]).not.toMatch(/[\p{Cc}]/u);
    }),
  );
});
