import fc from 'fast-check';
import { BerWriter, EqualityFilter, escapeFilter } from 'ldapts';
import { describe, expect, test } from 'vitest';

import { parseFilter } from '../../src/directory/filter-text.ts';

/** The octets of the filter as they go over the wire. */
function encoded(text: string): string {
  const writer = new BerWriter();
  parseFilter(text).write(writer);
  return writer.buffer.toString('latin1');
}

describe('a filter from its text', () => {
  test.each(['', '(', '(cn=a', '(cn)', '(|)', '(cn=a)(cn=b)', '(cn=\\zz)'])('"%s" is refused', (text) => {
    expect(() => parseFilter(text)).toThrow();
  });

  test('keeps an escaped octet as that octet', () => {
    const filter = parseFilter('(objectSid=\\01\\e9\\ff)');
    expect(filter).toBeInstanceOf(EqualityFilter);
    expect((filter as EqualityFilter).value).toEqual(Buffer.from([0x01, 0xe9, 0xff]));
  });

  test('sends any octets as they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (octets) => {
        const value = Buffer.from(octets);
        const filter = parseFilter(escapeFilter`(!(&(objectGUID=${value})(cn=x)))`);
        const writer = new BerWriter();
        filter.write(writer);
        expect(writer.buffer.includes(value)).toBe(true);
      }),
    );
  });

  test('sends letters beyond ASCII as UTF-8, escaped or not, in every kind of filter', () => {
    const utf8 = Buffer.from('Bjørn').toString('latin1');
    for (const text of [
      '(cn=Bjørn)',
      '(cn=Bj\\c3\\b8rn)',
      '(cn=Bjørn*)',
      '(cn=*Bjørn*)',
      '(cn=*Bjørn)',
      '(cn>=Bjørn)',
      '(cn<=Bjørn)',
      '(cn~=Bjørn)',
      '(|(cn=x)(!(cn:caseExactMatch:=Bjørn)))',
    ]) {
      expect(encoded(text)).toContain(utf8);
    }
  });
});
