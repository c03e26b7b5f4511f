import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  hasEffect,
  type JournalEntry,
  type JournalStatus,
  setStatus,
  undoOrder,
} from '../../../src/domain/migration/journal.ts';
import { goodAccount, goodDmsa } from '../facts/good-facts.ts';

const at = '2025-06-01T08:00:00.000Z';

function entry(step: JournalEntry['step'], target: string, status: JournalStatus = 'applied'): JournalEntry {
  const common = { id: `${step} ${target}`, target, status, registeredAt: at };
  const images: Record<JournalEntry['step'], unknown> = {
    'prepare-host': { policy: { value: null, keyExists: false }, eventLogEnabled: false },
    'create-dmsa': null,
    link: { account: goodAccount(), dmsa: goodDmsa(), createdByUs: true },
    'restart-host': null,
    'restart-services': { services: ['WebApp'] },
    complete: { account: goodAccount(), dmsa: goodDmsa() },
  };
  return { ...common, step, beforeImage: images[step] } as JournalEntry;
}

const ids = (journal: JournalEntry[]) => undoOrder(journal).map((each) => each.id);
const statuses: JournalStatus[] = ['intended', 'applied', 'untouched', 'undone'];

describe('the order of undoing', () => {
  test('phases first, services before what they log on through, hosts last, the newest first within', () => {
    const journal = [
      entry('prepare-host', 'a'),
      entry('prepare-host', 'b'),
      entry('restart-host', 'a'),
      entry('create-dmsa', 'd'),
      entry('link', 'd'),
      entry('restart-services', 'a'),
      entry('restart-services', 'b'),
      entry('complete', 'd'),
    ];
    expect(ids(journal)).toEqual([
      'complete d',
      'link d',
      'restart-services b',
      'restart-services a',
      'create-dmsa d',
      'prepare-host b',
      'prepare-host a',
      'restart-host a',
    ]);
  });

  test('leaves out what is undone or was not touched, and keeps what may have happened', () => {
    const journal = statuses.map((status) => entry('prepare-host', status, status));
    expect(ids(journal)).toEqual(['prepare-host applied', 'prepare-host intended']);
  });

  test('does not change the journal', () => {
    const journal = [entry('prepare-host', 'a'), entry('complete', 'd')];
    undoOrder(journal);
    expect(journal.map((each) => each.step)).toEqual(['prepare-host', 'complete']);
  });

  test('is the same by rank whatever the order of registration', () => {
    const steps = ['prepare-host', 'create-dmsa', 'link', 'restart-services', 'complete'] as const;
    const order = ['complete', 'link', 'restart-services', 'create-dmsa', 'prepare-host'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 12 }), (registered) => {
        const undone = undoOrder(registered.map((step, index) => entry(step, String(index))));
        const ranks = undone.map((each) => order.indexOf(each.step));
        expect(ranks).toEqual([...ranks].sort());
        for (const [index, each] of undone.entries()) {
          const next = undone[index + 1];
          if (next?.step === each.step) expect(Number(next.target)).toBeLessThan(Number(each.target));
        }
        expect(undone).toHaveLength(registered.length);
      }),
    );
  });
});

describe('the status of an entry', () => {
  const legal = [
    'intended applied',
    'intended untouched',
    'intended undone',
    'applied undone',
    'untouched intended',
  ];
  const pairs = statuses.flatMap((from) => statuses.map((to) => [from, to] as const));

  test.each(pairs)('from %s to %s', (from, to) => {
    const journal = [entry('link', 'd', from)];
    const set = () => setStatus(journal, 'link d', to);
    if (from === to || legal.includes(`${from} ${to}`)) {
      set();
      expect(journal[0]!.status).toBe(to);
    } else {
      expect(set).toThrow(new Error(`journal entry link d: ${from} → ${to}`));
      expect(journal[0]!.status).toBe(from);
    }
  });

  test('of an entry that does not exist cannot be set', () => {
    expect(() => setStatus([], 'link d', 'applied')).toThrow(
      new Error('journal entry link d does not exist'),
    );
  });
});

describe('whether anything may have been changed', () => {
  test.each([
    [[], false],
    [['untouched'], false],
    [['untouched', 'intended'], true],
    [['applied'], true],
    [['undone'], true],
  ] as [JournalStatus[], boolean][])('%j: %s', (given, expected) => {
    expect(hasEffect(given.map((status, index) => entry('prepare-host', String(index), status)))).toBe(
      expected,
    );
  });
});
