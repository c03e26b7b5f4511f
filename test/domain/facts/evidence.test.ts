import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evidenceNames,
  type HostEvidence,
  see,
  unknownEvidence,
  unlessSeen,
} from '../../../src/domain/facts/host-evidence.ts';
import type { Verdict } from '../../../src/domain/facts/verdict.ts';
import { seenOf } from './seen-of.ts';

const unknown = unknownEvidence('web01.lab.example');

describe('evidence of a host', () => {
  test('what was never read has neither time nor source', () => {
    const evidence = { ...unknown };
    see(evidence, '2026-01-01T00:00:00.000Z', 'host', { policy: undefined });
    expect(evidence).toEqual(unknown);
    expect(seenOf(evidence, 'policy')).toBeNull();
  });

  test('the latest reading of a verdict holds, and an earlier one keeps the rest of what it gave', () => {
    const evidence = { ...unknown };
    see(evidence, '2026-01-01T00:00:00.000Z', 'host', { policy: 'no', build: 'yes' });
    see(evidence, '2026-01-02T00:00:00.000Z', 'host', { policy: 'yes' });
    expect(evidence).toMatchObject({ policy: 'yes', build: 'yes' });
    expect(evidence.seen).toEqual([
      { at: '2026-01-01T00:00:00.000Z', source: 'host', of: ['build'] },
      { at: '2026-01-02T00:00:00.000Z', source: 'host', of: ['policy'] },
    ]);
    expect(seenOf(evidence, 'policy')).toEqual({ at: '2026-01-02T00:00:00.000Z', source: 'host' });
  });

  test('an event that was seen stays seen where a later look finds it no more', () => {
    const evidence: HostEvidence = { ...unknown, joined: 'yes' };
    expect(unlessSeen(evidence, { joined: 'no', discovered: 'no' })).toEqual({ discovered: 'no' });
  });

  test('whatever is read in whatever order, every verdict read has exactly one reading, and no reading is empty', () => {
    const verdict = fc.constantFrom<Verdict>('yes', 'no', 'unknown');
    const reading = fc.record({
      day: fc.integer({ min: 10, max: 13 }),
      source: fc.constantFrom('host' as const, 'kerberos-log' as const, 'directory' as const),
      verdicts: fc.dictionary(fc.constantFrom(...evidenceNames), verdict),
    });
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const evidence = { ...unknown };
        const latest = new Map<string, { verdict: Verdict; at: string; source: string }>();
        for (const { day, source, verdicts } of readings) {
          const at = `2026-01-${day}T00:00:00.000Z`;
          see(evidence, at, source, verdicts);
          for (const [name, verdict] of Object.entries(verdicts)) latest.set(name, { verdict, at, source });
        }
        for (const [name, { verdict, at, source }] of latest) {
          const of = name as (typeof evidenceNames)[number];
          expect(evidence[of]).toBe(verdict);
          expect(seenOf(evidence, of)).toEqual({ at, source });
        }
        const listed = (evidence.seen ?? []).flatMap(({ of }) => of);
        expect([...listed].sort()).toEqual([...latest.keys()].sort());
        expect(evidence.seen?.filter(({ of }) => of.length === 0) ?? []).toEqual([]);
      }),
    );
  });
});
