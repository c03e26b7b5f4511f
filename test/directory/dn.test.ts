import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { childDn, escapeValue, normalDn, parentDn, parseDn, sameDn } from '../../src/directory/dn.ts';

const base = 'DC=lab,DC=example';
const leaf = (dn: string) => parseDn(dn)[0]?.value;

/** Whole characters, with those among them that mean something in a DN. */
const value = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: fc.constantFrom(...' #,+"\\;<>=\0\r\n\u00e9Aa0\u{1f600}'), minLength: 1, maxLength: 8 }),
);
const type = fc.constantFrom('CN', 'ou', 'DC', '2.5.4.3');
const pairs = fc.array(fc.record({ type, value }), { minLength: 1, maxLength: 5 });
const written = (rdns: { type: string; value: string }[]) =>
  rdns.map((rdn) => `${rdn.type}=${escapeValue(rdn.value)}`).join(',');

describe('text that is no DN', () => {
  test.each([
    ['no pair', 'svc', 'no type=value at "svc"'],
    ['no type', '=svc', 'no type=value at "=svc"'],
    ['a type that is none', 'C N=svc', 'no type=value at "C N=svc"'],
    ['an empty pair', `CN=svc,,${base}`, 'no type=value at ""'],
    ['a comma at its end', 'CN=svc,', 'no type=value at ""'],
    ['a backslash at its end', 'CN=svc\\', 'nothing follows a backslash'],
    ['octets that are no text', 'CN=\\ff\\fe', 'a value is not UTF-8'],
    ['half a character', 'CN=a\\c3,DC=x', 'a value is not UTF-8'],
  ])('%s is refused', (_, dn, reason) => {
    expect(() => parseDn(dn)).toThrow(new RangeError(`"${dn}" is not a DN: ${reason}`));
  });

  test('any text is parsed or refused with a RangeError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          value.map((text) => `CN=${text}`),
        ),
        (text) => {
          try {
            expect(parseDn(normalDn(text)).length).toBe(parseDn(text).length);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('the value of a pair', () => {
  test.each([
    ['an escaped comma', 'CN=Smith\\, J', 'Smith, J'],
    ['an escaped comma in hexadecimal', 'CN=Smith\\2C J', 'Smith, J'],
    ['a character of two octets', 'CN=Bj\\c3\\b8rn', 'Bjørn'],
    ['a character of four octets', 'CN=\\f0\\9f\\98\\80', '\u{1f600}'],
    ['an escaped character beyond the first plane', 'CN=\\\u{1f600}x', '\u{1f600}x'],
    ['spaces around it', 'CN=  svc  ', 'svc'],
    ['a leading and a trailing space', 'CN=\\ svc\\ ', ' svc '],
    ['a trailing space, and more', 'CN=svc\\   ', 'svc '],
    ['a trailing space in hexadecimal', 'CN=svc\\20', 'svc '],
    ['a backslash before a space that is none of it', 'CN=svc\\\\ ', 'svc\\'],
    ['a space alone', 'CN=\\ ', ' '],
    ['nothing', 'CN=', ''],
    ['a leading number sign', 'CN=\\#1', '#1'],
    ['a number sign that leads no hexadecimal', 'CN=#1', '#1'],
    ['BER in hexadecimal', 'CN=#0c03c3b862', 'øb'],
    ['BER that is longer than it says', 'CN=#04024869ff', '#04024869ff'],
    ['BER that is no string', 'CN=#020101', '#020101'],
    [
      'what a deleted object is called (MS-ADTS 3.1.1.5.5)',
      `CN=svc\\0ADEL:0feb936f-47b3-49f2-9386-1dedc2c23765,CN=Deleted Objects,${base}`,
      'svc\nDEL:0feb936f-47b3-49f2-9386-1dedc2c23765',
    ],
    ['what an object is called that lost a conflict', `CN=svc\\0ACNF:0feb936f,${base}`, 'svc\nCNF:0feb936f'],
  ])('%s', (_, dn, expected) => {
    expect(leaf(dn)).toBe(expected);
    expect(leaf(normalDn(dn))).toBe(expected.toLowerCase());
  });

  test.each([
    ['a, b+c', 'a\\, b\\+c'],
    [' ', '\\ '],
    ['  ', '\\ \\ '],
    ['#1 # ', '\\#1 #\\ '],
    ['x\nDEL:1', 'x\\0ADEL:1'],
    ['\0\r"', '\\00\\0D\\"'],
    ['Bjørn', 'Bjørn'],
  ])('%j is written %s', (text, expected) => {
    expect(escapeValue(text)).toBe(expected);
  });
});

describe('any value', () => {
  test('is the same after escaping and parsing, wherever it stands', () => {
    fc.assert(
      fc.property(pairs, (rdns) => {
        expect(parseDn(written(rdns))).toEqual(rdns);
      }),
      { numRuns: 1_000 },
    );
  });

  test('as a child is one pair below its parent, whatever is in it', () => {
    fc.assert(
      fc.property(type, value, pairs, (childType, text, rdns) => {
        const parent = written(rdns);
        const dn = childDn(childType, text, parent);
        expect(parseDn(dn)).toEqual([{ type: childType, value: text }, ...rdns]);
        expect(parentDn(dn)).toBe(parent);
      }),
      { numRuns: 1_000 },
    );
  });

  test('has one normal form, which is its own', () => {
    fc.assert(
      fc.property(pairs, (rdns) => {
        const dn = written(rdns);
        const normal = normalDn(dn);
        expect(normalDn(normal)).toBe(normal);
        const inHex = rdns.map((rdn) => `${rdn.type.toLowerCase()} = ${hex(rdn.value)} `).join(' , ');
        expect(normalDn(inHex)).toBe(normal);
        expect(sameDn(dn, inHex)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('that differs in more than case is another DN', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const isSame = a.toLowerCase() === b.toLowerCase();
        expect(sameDn(childDn('CN', a, base), childDn('cn', b, base))).toBe(isSame);
      }),
    );
  });
});

/** Every octet escaped, as a DN may be written too. */
function hex(text: string): string {
  return [...Buffer.from(text)].map((octet) => `\\${octet.toString(16).padStart(2, '0')}`).join('');
}
