import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LdapFilter } from '../../lab/directory/filter.ts';
import { childDn, parseDn } from '../../src/directory/dn.ts';
import { texts } from '../../src/directory/entry.ts';
import {
  all,
  anyOf,
  atLeast,
  beginsAndHolds,
  byRule,
  either,
  equals,
  type Filter,
  present,
} from '../../src/directory/filters.ts';
import { guidOctets } from '../../src/directory/guid.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { decodedFilter } from '../lab/ldap/decoded-filter.ts';
import { baseDn, newStore } from '../lab/ldap/fixture.ts';
import { directoryOf } from './in-memory.ts';
import { directoryWith, searchDone } from './ldap/scripted-server.ts';

/** Whole characters, with those among them that mean something in a filter or a DN. */
const value = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: fc.constantFrom(...'()*\\&|!=<>~:,#+"; \0\né2a\u{1f600}'), minLength: 1, maxLength: 8 }),
);
const users = `CN=Users,${baseDn}`;

/** The filter as it arrives at a server. */
function arrived(filter: Filter): LdapFilter {
  return decodedFilter(filter);
}

function equal(attribute: string, text: string): LdapFilter {
  return { kind: 'equal', attribute, value: Buffer.from(text) };
}

describe('text in a filter', () => {
  test.each(['*', ')(cn=*', 'a)(|(cn=*', '\\2a', '\\', '(', '\0', ' ', 'é*', '!(cn=x)', ':dn:=x'])(
    '%j is a value and no syntax',
    (text) => {
      expect(arrived(equals.text('cn', text))).toEqual(equal('cn', text));
    },
  );

  test('arrives unchanged, alone and among others', () => {
    fc.assert(
      fc.property(value, fc.array(value, { minLength: 1, maxLength: 5 }), (text, more) => {
        expect(arrived(equals.text('cn', text))).toEqual(equal('cn', text));
        const filter = all(either(anyOf.text('cn', more)), equals.text('sAMAccountName', text));
        expect(arrived(filter)).toEqual({
          kind: 'and',
          filters: [
            {
              kind: 'or',
              filters: [{ kind: 'or', filters: more.map((each) => equal('cn', each)) }],
            },
            equal('sAMAccountName', text),
          ],
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test('of SIDs and GUIDs arrives as their octets', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.array(fc.nat(), { minLength: 1, maxLength: 15 }), (guid, parts) => {
        const sid = `S-1-5-${parts.join('-')}`;
        expect(arrived(equals.guid('objectGUID', guid))).toEqual({
          kind: 'equal',
          attribute: 'objectGUID',
          value: guidOctets(guid),
        });
        const bySid = { kind: 'equal', attribute: 'objectSid', value: sidOctets(sid) };
        expect(arrived(anyOf.sid('objectSid', [sid, sid]))).toEqual({ kind: 'or', filters: [bySid, bySid] });
      }),
    );
  });
});

test('every other kind of filter arrives with its value, letters beyond ASCII as UTF-8', () => {
  const value = Buffer.from('Bjørn)');
  expect(arrived(present('cn'))).toEqual({ kind: 'present', attribute: 'cn' });
  const least = { kind: 'at-least', attribute: 'uSNChanged', value: Buffer.from('1') };
  expect(arrived(atLeast('uSNChanged', 1))).toEqual(least);
  const parts = { initial: value, any: [value], final: null };
  expect(arrived(beginsAndHolds('cn', 'Bjørn)', 'Bjørn)'))).toEqual({
    kind: 'substrings',
    attribute: 'cn',
    ...parts,
  });
  const byOid = { kind: 'extensible', rule: '1.2.3', attribute: 'member', value };
  expect(arrived(byRule('member', '1.2.3', 'Bjørn)'))).toEqual(byOid);
});

describe('text in a DN', () => {
  test('arrives at the server as the value of one pair', async () => {
    const { directory, requests } = await directoryWith(({ id }) => searchDone(id));
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        await directory.read(childDn('CN', text, users), ['cn']);
        const asked = requests.at(-1)!.operation;
        expect(asked.kind === 'search' && parseDn(asked.base)).toEqual([
          { type: 'CN', value: text },
          ...parseDn(users),
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an object whose name and description are any text', () => {
  test('is found by each of them, and alone', async () => {
    const store = newStore();
    const { directory } = await directoryOf(store);
    const added = new Map<string, string>();
    const name = fc
      .tuple(fc.string({ unit: fc.constantFrom(...'()*\\&|!=<>,#+"; é\n'), maxLength: 8 }), fc.uuid())
      .map(([text, unique]) => `${text}${unique}${text.slice(0, 1)}`.trim().slice(0, 64));
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        const dn = childDn('CN', text, users);
        await store.add(dn, { objectClass: ['container'], description: [text] });
        added.set(text, dn);
        const attributes = ['cn', 'description'];
        const read = await directory.read(dn, attributes);
        expect(read && [texts(read, 'cn'), texts(read, 'description')]).toEqual([[text], [text]]);
        for (const filter of [equals.text('cn', text), anyOf.text('description', [text, 'nothing'])]) {
          const found = await directory.search(baseDn, { scope: 'sub', filter, attributes });
          expect(found.map((entry) => texts(entry, 'description'))).toEqual([[text]]);
        }
      }),
      { numRuns: 60 },
    );
    expect(added.size).toBeGreaterThan(50);
  });
});
