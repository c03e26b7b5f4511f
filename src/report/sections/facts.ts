import type { MigrationStatus } from '../../domain/migration/status.ts';
import { type FactField, factSections } from '../../wording/facts.ts';
import type { Block, Cell, Mark, Row } from '../model.ts';

/** Directory and hosts before and after, side by side: what changed is marked, and what did not is there all the same. */
export function factBlocks({ before, after, outcome }: MigrationStatus): Block[] {
  if (!before && !after) return [];
  const sections = factSections(before, after);
  const changes = sections.flatMap(({ fields }) => fields).filter(isChanged).length;
  return [
    { kind: 'text', cell: after ? countChanges(changes) : 'It was not read again after the migration yet.' },
    {
      kind: 'table',
      name: 'facts',
      titles: ['', 'Before', outcome === 'running' ? 'Now' : 'After', ''],
      rows: sections.flatMap(({ title, fields }): Row[] => [
        { kind: 'group', cells: [title] },
        ...fields.map((field) => factRow(field, after !== null)),
      ]),
    },
  ];
}

function countChanges(changes: number): string {
  if (changes === 0) return 'Nothing differs: everything is as it was before.';
  return changes === 1 ? 'One thing differs.' : `${changes} things differ.`;
}

function isChanged({ before, after }: FactField): boolean {
  return before.join('\n') !== after.join('\n');
}

function factRow(field: FactField, isKnown: boolean): Row {
  const { label, before, after } = field;
  if (!isKnown) return { kind: 'same', cells: [label, before, 'not read yet', ''] };
  if (!isChanged(field)) return { kind: 'same', cells: [label, before, after, 'same'] };
  const cells = (values: string[], others: string[], which: 'added' | 'removed'): Cell[] =>
    values.map((value) =>
      others.includes(value) || value === 'absent'
        ? value
        : which === 'added'
          ? { added: value }
          : { removed: value },
    );
  return {
    kind: 'changed',
    cells: [label, cells(before, after, 'removed'), cells(after, before, 'added'), changeOf(field)],
  };
}

function changeOf({ before, after }: FactField): Mark {
  if (before[0] === 'absent') return { mark: 'good', word: 'added', sign: '+' };
  if (after[0] === 'absent') return { mark: 'bad', word: 'removed', sign: '−' };
  return { mark: 'warn', word: 'changed', sign: '≠' };
}
