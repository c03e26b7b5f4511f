import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { guidOctets, guidText } from '../../src/directory/guid.ts';

describe('GUIDs', () => {
  test.each([
    '',
    '0feb936f47b349f293861dedc2c23765',
    '{0feb936f-47b3-49f2-9386-1dedc2c23765',
    'g'.repeat(36),
  ])('refuse the text "%s"', (text) => {
    expect(() => guidOctets(text)).toThrow(`"${text}" is not a GUID`);
  });

  test('refuse anything but 16 octets', () => {
    expect(() => guidText(Buffer.alloc(15))).toThrow('a GUID has 16 octets, not 15');
  });

  test('the first three fields are in little-endian order', () => {
    expect(guidOctets('0feb936f-47b3-49f2-9386-1dedc2c23765').toString('hex')).toBe(
      '6f93eb0fb347f24993861dedc2c23765',
    );
    expect(guidOctets('{0FEB936F-47B3-49F2-9386-1DEDC2C23765}').toString('hex')).toBe(
      '6f93eb0fb347f24993861dedc2c23765',
    );
  });

  test('text and octets are inverses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        expect(guidOctets(guidText(Buffer.from(octets)))).toEqual(Buffer.from(octets));
      }),
    );
  });
});
