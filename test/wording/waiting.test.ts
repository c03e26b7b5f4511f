import { expect, test } from 'vitest';

import type { WaitReason } from '../../src/domain/migration/waiting.ts';
import { wordWaiting } from '../../src/wording/waiting.ts';

const hosts = ['web01.lab.example', 'web02.lab.example', 'web03.lab.example', 'web04.lab.example'];
const failure = { code: 'REPLICATION_LAGGING', message: 'dc1 and dc2 do not agree yet' };
const partner = { partner: 'DC2', lastSuccess: null, lastResult: 1722, failures: 3 };

/** An example of each kind: the compiler asks for one of a new kind. */
const examples: { [K in WaitReason['kind']]: [Extract<WaitReason, { kind: K }>, words: string] } = {
  votes: [{ kind: 'votes', gate: 'wave-2', required: 2 }, '2 votes at gate "wave-2"'],
  strangers: [
    {
      kind: 'strangers',
      principals: [
        { sid: 'S-1-5-21-9', name: 'KIOSK07$' },
        { sid: 'S-1-5-21-8', name: null },
      ],
    },
    'a yes to KIOSK07$ (S-1-5-21-9), S-1-5-21-8 among the principals (signal allowPrincipal)',
  ],
  'failed-hosts': [
    { kind: 'failed-hosts', hosts: hosts.slice(0, 2) },
    'web01, web02: retry or skip (signals retry and skipHost)',
  ],
  operator: [
    { kind: 'operator', step: 'link', failure },
    'an operator, to undo link: REPLICATION_LAGGING dc1 and dc2 do not agree yet (signal retry)',
  ],
  principals: [
    { kind: 'principals', hosts, refused: ['web04.lab.example'] },
    'web01, web02, web03 and 1 more host among the principals (refused: web04.lab.example)',
  ],
  controllers: [
    { kind: 'controllers', failure },
    'domain controllers to agree: dc1 and dc2 do not agree yet',
  ],
  replication: [
    { kind: 'replication', partner },
    'replication to work again: DC2, never succeeded, result 1722, 3 failures in a row',
  ],
  'host-clock': [
    { kind: 'host-clock', host: 'web01.lab.example' },
    "the clock of web01.lab.example to agree with the domain controller's",
  ],
  bake: [{ kind: 'bake', length: '2h' }, 'the canary to run well for 2h'],
  'kds-key': [{ kind: 'kds-key' }, 'the KDS root key to become effective'],
  window: [{ kind: 'window' }, 'a maintenance window to open'],
  observation: [{ kind: 'observation' }, 'the observation to end'],
  soak: [{ kind: 'soak' }, 'the soak to end'],
  'ended-run': [{ kind: 'ended-run' }, 'what the ended run had under way'],
};

test.each(Object.entries(examples))('a wait of kind %s', (_, [reason, words]) => {
  expect(wordWaiting(reason)).toBe(words);
});

test('the comparison at the end is no step that is undone', () => {
  expect(wordWaiting({ kind: 'operator', step: 'compare', failure })).toContain('to compare with before:');
});
