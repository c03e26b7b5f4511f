import fc from 'fast-check';
import { expect, test } from 'vitest';

import { verifyVotes } from '../../src/approval/verify-votes.ts';
import { openGate } from '../../src/domain/gates/gates.ts';
import type { MigrationStatus } from '../../src/domain/migration/status.ts';
import { currentDetails } from '../../workflows/details.ts';
import { codeOf } from '../support/verdicts.ts';
import { hostile } from '../wording/escape/hostile.ts';

const at = '2025-06-01T08:00:00.000Z';
const gatePlan = {
  ...{ approvers: ['LAB\\alice', 'bob@lab.example', 'LAB\\carol'], required: 2 },
  ...{ expiresAfter: '7d', onExpiry: 'hold' as const },
};

function statusWith(votes: object[], changes: Partial<MigrationStatus> = {}): MigrationStatus {
  const gate = { ...openGate('start', gatePlan, at, at), hash: 'h1' };
  const vote = {
    gate: 'start',
    hash: 'h1',
    decision: 'approve',
    reason: '',
    receivedAt: at,
    verdict: 'counted',
  };
  return {
    ...{ account: 'svc-web', dmsa: 'dmsa-web', stage: 'gate-start', outcome: 'running', hosts: [] },
    waitingFor: { kind: 'votes', gate: 'start', required: 2, since: at, until: at },
    ...{ paused: false, failure: null },
    ...{ failedHosts: [], requestedBy: 'LAB\\alice', domain: { dnsName: 'lab.example', netbiosName: 'LAB' } },
    gates: [{ ...gate, votes: votes.map((each) => ({ ...vote, ...each })) }],
    ...changes,
  } as MigrationStatus;
}

test('who has said yes and who is asked stand there, one person under whatever name', () => {
  expect(currentDetails(statusWith([]))).toContain(
    '0 of 2 votes; missing: 2 of bob@lab.example, LAB\\\\carol.',
  );
  const half = currentDetails(statusWith([{ by: 'LAB\\bob', identity: 'bob@lab.example' }]));
  expect(half).toContain('1 of 2 votes, by LAB\\\\bob; missing: 1 of LAB\\\\carol.');
  const refused = {
    by: 'LAB\\carol',
    identity: 'carol@lab.example',
    verdict: 'refused',
    code: 'VOTE_STALE_HASH',
  } as const;
  expect(currentDetails(statusWith([refused]))).toContain('0 of 2 votes;');
});

test('what a sender has written becomes no link, no table and no line', () => {
  const by = 'LAB\\[x](http://evil.example)|\n# bob';
  const text = currentDetails(statusWith([{ by, identity: 'bob@lab.example' }]));
  expect(text).toContain('by LAB\\\\\\[x\\]\\(http\\://evil.example\\)\\|\\\\u\\{a\\}\\# bob;');
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
});

test('no name, message, difference or wait from outside changes the lines, or begins a link, a tag or a cell', () => {
  const detailed = (word: string) => {
    const host = { host: word, policy: 'yes', restarted: 'no', principal: 'unknown' };
    const status = statusWith([{ by: word, identity: 'bob@lab.example' }], {
      ...{ account: word, dmsa: word, failure: { code: word, message: word } },
      waitingFor: { kind: 'host-clock', host: word, since: at, until: null },
      ...{ failedHosts: [{ host: word, code: word, message: word, at }] },
      hosts: [host as MigrationStatus['hosts'][number]],
    });
    const [gate] = status.gates;
    Object.assign(gate!, {
      drift: [{ path: word, before: word, after: word }],
      hosts: [word],
      approvers: [word, 'bob@lab.example'],
    });
    return currentDetails(status).split('\n');
  };
  // What is left to begin something, once escapes and code are taken away.
  const inert = /\\[!-/:-@[-`{-~]|&(?:amp|lt|gt);|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|[^|`<[]/g;
  const active = (lines: string[]) => lines.map((line) => line.replace(inert, ''));
  const own = active(detailed('web'));
  fc.assert(
    fc.property(hostile, (text) => {
      expect(active(detailed(`x${text}`))).toEqual(own);
    }),
  );
});

test('it says that it is paused, what has failed and why it turned back', () => {
  const failedHosts = [{ host: 'web01', code: 'SERVICE_START_FAILED', message: 'it stays stopped', at }];
  const failure = { code: 'GATE_REJECTED', message: 'not now' };
  const text = currentDetails(statusWith([], { paused: true, failedHosts, failure }));
  expect(text).toContain('Paused: send `resume` to go on.');
  expect(text).toContain('- **web01** failed: `SERVICE_START_FAILED` it stays stopped');
  expect(text).toContain('Turned back: `GATE_REJECTED` not now');
});

test('the vote that is shown to be copied counts only with a name', async () => {
  const shown = JSON.parse(/```\n(.*)\n```/.exec(currentDetails(statusWith([])))![1]!);
  const [gate] = statusWith([]).gates;
  const cast = async (payload: object) => {
    const votes = [{ decision: 'approve' as const, payload, receivedAt: at }];
    const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };
    return codeOf((await verifyVotes({ votes, gate: gate!, requestedBy: 'LAB\\alice', domain }))[0]!);
  };
  expect(await cast(shown)).toBe('VOTE_MALFORMED');
  expect(await cast({ ...shown, by: 'LAB\\bob' })).toBeNull();
});
