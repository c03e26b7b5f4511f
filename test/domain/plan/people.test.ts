import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Person, personOf } from '../../../src/domain/plan/people.ts';

const domain = { dnsName: 'contoso.com', netbiosName: 'CONTOSO' };
const sid = (last: number) => `S-1-5-21-1-2-3-${last}`;
const bob: Person = { sid: sid(1), names: ['bob@contoso.com', 'robert.smith@corp.example'] };
const carol: Person = { sid: sid(2), names: ['carol@contoso.com'] };
const people = [carol, bob];

describe('what is no name of anybody', () => {
  const names = [
    ...['', '   ', '@', 'bob@', '@contoso.com', 'CONTOSO\\', '\\bob', '.\\bob', 'CONTOSO\\bob@contoso.com'],
    ...['S-1-5-21-1-2-3-1', 's-1-5-18', ' S-1-5-21-1-2-3-1 '],
    ...['0f8fad5b-d9cb-469f-a165-70867728950e', '{0F8FAD5B-D9CB-469F-A165-70867728950E}'],
    ...['CN=bob,CN=Users,DC=contoso,DC=com', 'bob=x', 'bob, carol', 'CONTOSO\\bob,carol'],
  ];
  test.each(names)('%j is null', (written) => {
    expect(personOf(written, { domain, people })).toBeNull();
    expect(personOf(written, { domain })).toBeNull();
  });

  test('a control or format character within makes it one, whichever it is', () => {
    const characters = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
    const unseen = characters.filter((character) => /[\p{Cc}\p{Cf}]/u.test(character));
    const known = fc.constantFrom('\0', '\u001b', '\u200b', '\u202e', '\u00ad', '\ufeff', '\u{e0001}');
    fc.assert(
      fc.property(fc.oneof(known, unseen), (character) => {
        for (const written of [`bo${character}b`, `CONTOSO\\${character}bob`, `bob@con${character}toso.com`])
          expect(personOf(written, { domain, people })).toBeNull();
      }),
    );
  });

  test('any other text has one name that can be written again, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        const person = personOf(written, { domain, people });
        if (person === null) return;
        expect(person).not.toMatch(/[\p{Cc}\p{Cf}=,\\]/u);
        expect(person.split('@')).toHaveLength(2);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('one person is one', () => {
  const spellings = [
    ...['bob', 'CONTOSO\\bob', 'contoso.com\\bob', 'bob@contoso.com', 'bob@CONTOSO', 'bob@contoso.com.'],
    'robert.smith@corp.example',
  ];

  test('however the name is written, in any case and with space around it', () => {
    const cased = fc.tuple(fc.constantFrom(...spellings), fc.infiniteStream(fc.boolean()));
    fc.assert(
      fc.property(cased, fc.constantFrom('', ' ', '\t', '\n'), ([spelling, upper], space) => {
        const written = [...spelling].map((letter) => (upper.next().value ? letter.toUpperCase() : letter));
        expect(personOf(`${space}${written.join('')}${space}`, { domain, people })).toBe('bob@contoso.com');
      }),
    );
  });

  test('composed or not, whom the directory knows and whom it does not', () => {
    const rené: Person = { sid: sid(3), names: ['rené@contoso.com', 'rene.d@corp.example'] };
    expect('Rene\u0301').not.toBe('René');
    for (const written of ['Rene\u0301', 'René', 'CONTOSO\\RENE\u0301', 'rene.d@corp.example'])
      expect(personOf(written, { domain, people: [rené] })).toBe('rené@contoso.com');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (written) => {
        const [composed, apart] = (['NFC', 'NFD'] as const).map((form) =>
          personOf(written.normalize(form), { domain }),
        );
        expect(apart).toBe(composed);
      }),
    );
  });

  test('but another at each name that is not theirs, and at theirs elsewhere', () => {
    for (const written of [
      'robert.smith',
      'CONTOSO\\robert.smith',
      'bob@corp.example',
      'OTHER\\bob',
      'bobby',
    ])
      expect(['bob@contoso.com', null]).not.toContain(personOf(written, { domain, people }));
    expect(personOf('OTHER\\bob', { domain, people })).toBe('bob@other');
  });

  test('by spelling alone, where the directory was not asked', () => {
    expect(personOf('robert.smith@corp.example', { domain })).toBe('robert.smith@corp.example');
    expect(personOf('CONTOSO\\Bob', { domain, people: [] })).toBe('bob@contoso.com');
  });
});

test('the sAMAccountName of one is stronger than another’s UPN that is spelled alike, in whatever order they come', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,12}[a-z0-9]$/);
  const accounts = fc.uniqueArray(name, { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(accounts, fc.infiniteStream(fc.nat()), (names, picks) => {
      // Each has the account name of somebody, perhaps their own, at the domain as UPN.
      const all = names.map((own, index): Person => {
        const other = names[picks.next().value! % names.length]!;
        return { sid: sid(index), names: [...new Set([`${own}@contoso.com`, `${other}@contoso.com`])] };
      });
      const shuffled = [...all].sort(() => (picks.next().value! % 2 ? 1 : -1));
      for (const own of names)
        expect(personOf(`CONTOSO\\${own}`, { domain, people: shuffled })).toBe(`${own}@contoso.com`);
    }),
  );
  const thief: Person = { sid: sid(4), names: ['mallory@contoso.com', 'bob@contoso.com'] };
  expect(personOf('bob', { domain, people: [thief, bob] })).toBe('bob@contoso.com');
  expect(personOf('bob', { domain, people: [thief] })).toBe('mallory@contoso.com');
});
