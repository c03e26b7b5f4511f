import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { attributeRows } from '../../../lab/directory/attribute-table.ts';
import { definitionOf, links } from '../../../lab/directory/attributes.ts';
import { describeWithSamba } from '../../support/samba.ts';
import { changes } from './like-samba/changes.ts';
import { contexts } from './like-samba/contexts.ts';
import { creation } from './like-samba/creation.ts';
import { deletion } from './like-samba/deletion.ts';
import { filters } from './like-samba/filters.ts';
import { groups } from './like-samba/groups.ts';
import { names } from './like-samba/names.ts';
import { schema } from './like-samba/places.ts';
import { type Question, searched, testAlike } from './like-samba/questions.ts';
import { reading } from './like-samba/reading.ts';
import { openSides, type Sides } from './like-samba/sides.ts';

const topics: Record<string, Question[]> = {
  creation,
  changes,
  groups,
  filters,
  reading,
  names,
  deletion,
  contexts,
};

describeWithSamba('the lab’s directory and Samba answer alike', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = await openSides();
  });
  afterAll(() => sides?.close());

  for (const [topic, questions] of Object.entries(topics)) {
    describe(topic, () => testAlike(() => sides, questions));
  }

  test('the lab’s table of attributes is part of Samba’s schema', async () => {
    const { entries } = await searched(sides.samba.client, schema, {
      scope: 'one',
      filter: '(objectClass=attributeSchema)',
      attributes: ['lDAPDisplayName', 'attributeSyntax', 'isSingleValued', 'attributeID', 'linkID'],
    });
    const there = new Map(
      entries.map(({ attributes }) => {
        const text = (name: string) => attributes[name]?.[0]?.toString() ?? '';
        const link = Number(text('linkID'));
        const isMany = text('isSingleValued') === 'FALSE';
        return [
          text('lDAPDisplayName'),
          [syntaxOf(text('attributeSyntax')), isMany, text('attributeID'), link],
        ];
      }),
    );
    for (const [name, syntax, kind] of attributeRows) {
      const [sambaSyntax, isMany, oid, link] = there.get(name) ?? [];
      const isBack = kind === 'back-link';
      expect([name, syntax, isBack || !definitionOf(name).single, isBack]).toEqual([
        name,
        sambaSyntax,
        isMany,
        Number(link) % 2 === 1,
      ]);
      expect(
        String(oid).endsWith(`.${definitionOf(name).type & 0xffff}`) || definitionOf(name).type === 0,
      ).toBe(true);
    }
    for (const [name, back] of Object.entries(links)) {
      expect([name, there.get(back)![3]]).toEqual([name, Number(there.get(name)![3]) + 1]);
    }
  });
});

function syntaxOf(oid: string): string {
  const syntaxes: Record<string, string> = {
    '2.5.5.1': 'dn',
    '2.5.5.8': 'boolean',
    '2.5.5.9': 'integer',
    '2.5.5.10': 'octets',
    '2.5.5.11': 'time',
    '2.5.5.15': 'descriptor',
    '2.5.5.16': 'integer',
    '2.5.5.17': 'sid',
  };
  return syntaxes[oid] ?? 'text';
}
