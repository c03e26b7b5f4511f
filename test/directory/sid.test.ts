import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ridOf, sidOctets, sidText } from '../../src/directory/sid.ts';

const administrators = Buffer.from('01020000000000052000000020020000', 'hex');

describe('security identifiers', () => {
  test.each([
    '',
    'S-1',
    'S-2-5-32',
    'S-1-5-',
    'S-1-5-4294967296',
    `S-1-5${'-1'.repeat(16)}`,
    'S-1-281474976710656',
  ])('refuse the text "%s"', (text) => {
    expect(() => sidOctets(text)).toThrow(RangeError);
  });

  test.each([
    ['empty', ''],
    ['of another revision', '0201000000000005 20000000'],
    ['cut short', '010200000000000520000000'],
    ['of 16 subauthorities', `0110000000000005${'00000000'.repeat(16)}`],
    ['followed by more', `${administrators.toString('hex')}00`],
  ])('refuse octets that are %s', (_, hex) => {
    expect(() => sidText(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toThrow(RangeError);
  });

  test('BUILTIN\\Administrators has the octets that MS-DTYP gives', () => {
    expect(sidOctets('S-1-5-32-544')).toEqual(administrators);
    expect(sidText(administrators)).toBe('S-1-5-32-544');
  });

  test('an authority beyond 32 bits is written in hexadecimal', () => {
    expect(sidText(Buffer.from('0100010203040506', 'hex'))).toBe('S-1-0x010203040506');
    expect(sidOctets('S-1-0x010203040506').toString('hex')).toBe('0100010203040506');
  });

  test('the relative identifier is the last part', () => {
    expect(ridOf('S-1-5-21-1-2-3-500')).toBe(500);
    expect(ridOf('S-1-5')).toBeNull();
  });

  test('text and octets are inverses', () => {
    const subauthorities = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 15 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), subauthorities, (authority, parts) => {
        const octets = sidOctets(['S-1', authority, ...parts].join('-'));
        expect(sidOctets(sidText(octets))).toEqual(octets);
      }),
    );
  });
});
