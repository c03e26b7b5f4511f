import { expect, test } from 'vitest';

import type { Change, StageNote } from '../../src/domain/migration/change.ts';
import { wordChange, wordNote } from '../../src/wording/change.ts';

const host = 'web01.lab.example';
const failure = { code: 'HOST_UNREACHABLE', message: 'no answer' };
const dn = 'CN=dmsa-web,CN=Managed Service Accounts,DC=lab,DC=example';

/** An example of each kind: the compiler asks for one of a new kind. */
const changes: { [K in Change['kind']]: [Extract<Change, { kind: K }>, words: string] } = {
  'policy-set': [
    { kind: 'policy-set', host, before: null, after: 1 },
    'web01.lab.example: DelegatedMSAEnabled absent → 1',
  ],
  'log-enabled': [{ kind: 'log-enabled', host }, 'web01.lab.example: Kerberos operational log enabled'],
  'log-restored': [{ kind: 'log-restored', host }, 'web01.lab.example: event log off, as it was'],
  'log-kept': [
    { kind: 'log-kept', host, failure },
    'web01.lab.example: the event log stays on: HOST_UNREACHABLE no answer',
  ],
  rebooted: [
    { kind: 'rebooted', host, bootTime: '2025-06-01T08:00:00.000Z' },
    'web01.lab.example: rebooted at 2025-06-01T08:00:00.000Z',
  ],
  'dmsa-created': [{ kind: 'dmsa-created', dn }, `created ${dn}`],
  linked: [
    { kind: 'linked', account: 'svc-web', dmsa: 'dmsa-web$' },
    'linked svc-web and dmsa-web$, both in state 1',
  ],
  restarted: [
    { kind: 'restarted', host, services: ['WebApp'], pools: ['Shop'] },
    'web01.lab.example: restarted WebApp, pool Shop',
  ],
  'host-failed': [
    { kind: 'host-failed', host, failure },
    'web01.lab.example: failed, HOST_UNREACHABLE no answer',
  ],
  completed: [{ kind: 'completed', account: 'svc-web' }, 'svc-web is superseded and disabled'],
  'spn-moved': [{ kind: 'spn-moved', spn: 'HTTP/web', dmsa: 'dmsa-web$' }, 'SPN HTTP/web moved to dmsa-web$'],
  undone: [{ kind: 'undone', step: 'link', targets: [dn] }, `link undone: ${dn}`],
};

const notes: { [K in StageNote['kind']]: [Extract<StageNote, { kind: K }>, words: string] } = {
  failed: [{ kind: 'failed', failure }, 'no answer'],
  'dmsa-present': [{ kind: 'dmsa-present', name: 'dmsa-web$' }, 'dmsa-web$ is there already'],
  principals: [{ kind: 'principals', count: 3 }, '3 principals'],
  'no-reboots': [{ kind: 'no-reboots' }, 'no host has to be rebooted'],
  'observation-restarted': [
    { kind: 'observation-restarted', at: '2025-06-01T08:00:00.000Z' },
    'started again at 2025-06-01T08:00:00.000Z: the principals changed',
  ],
};

test.each(Object.entries(changes))('a change of kind %s', (_, [change, words]) => {
  expect(wordChange(change)).toBe(words);
});

test.each(Object.entries(notes))('a note of kind %s', (_, [note, words]) => {
  expect(wordNote(note)).toBe(words);
});

test('a log that stays on without a failure, and a restart of nothing', () => {
  expect(wordChange({ kind: 'log-kept', host, failure: null })).toBe(`${host}: the event log stays on`);
  const none = { kind: 'restarted' as const, host, services: [], pools: [] };
  expect(wordChange(none)).toBe(`${host}: restarted nothing`);
});
