import { beforeAll, describe, expect, test } from 'vitest';

import { people } from '../../lab/scenarios/scenario.ts';
import { temporalAvailable } from '../support/temporal.ts';
import { codeOf } from '../support/verdicts.ts';
import { found } from './secret-search.ts';
import { playSigned, type SignedMigration } from './signed-migration.ts';

const { available, reason } = await temporalAvailable();

describe.skipIf(!available)(`a signed migration${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let played: SignedMigration;
  beforeAll(async () => {
    played = await playSigned();
  });

  test('ends as it should, by votes of that key; what is put into a wrong place is refused', () => {
    const { status, failed } = played;
    expect(status.outcome).toBe('completed');
    const votes = status.gates.flatMap((gate) => gate.votes);
    expect(votes.map((vote) => [vote.by, codeOf(vote), typeof vote.kid])).toEqual([
      [people.approver, null, 'string'],
      [people.approver, null, 'string'],
    ]);
    const [doctor, ...others] = failed.toReversed();
    expect(doctor!.slice(0, 2)).toEqual([['doctor', '--timeout', '1'], 1]);
    expect(others).toHaveLength(14);
    for (const [args, exitCode, told] of others)
      expect([args, exitCode, told]).toEqual([
        args,
        2,
        expect.stringMatching(/^(PEM|SETTINGS|KEY_RING|PLAN|REPORT|KEY)_(INVALID|KEY_UNKNOWN): .+\n$/),
      ]);
  });

  test('is encrypted and deflated, and read where it is searched', () => {
    const { account, said, history } = played;
    expect([...history.encodings].sort()).toEqual([
      'binary/dmsa-aes-256-gcm',
      'binary/dmsa-deflate',
      'json/plain',
    ]);
    expect(Object.entries(said).filter(([, text]) => text.length < 60)).toEqual([]);
    expect(
      Object.keys(said)
        .filter((place) => !said[place]!.includes(account))
        .sort(),
    ).toEqual([
      ...['codec server', 'dmsa codec-server', 'dmsa doctor', 'dmsa encryption-key', 'dmsa keys'],
      ...['dmsa report', 'dmsa.toml', 'metrics'],
    ]);
  });

  test('says nothing of any secret anywhere, however it would be written', () => {
    const { secrets, said } = played;
    expect(Object.keys(secrets).sort()).toEqual([
      ...['apiKey', 'bob', 'credential', 'directory', 'hmac', 'octets of bob', 'octets of ring'],
      ...['octets of worker', 'passphrase', 'ring', 'ssh', 'token', 'webhook', 'worker'],
    ]);
    expect(Object.keys(secrets).filter((name) => secrets[name]!.length < 16)).toEqual([]);
    expect(found(secrets, said)).toEqual([]);
  });
});

test.each([0, 1, 2])('a secret is found in any form, also behind %i letters', (count) => {
  const secret = Buffer.from('planted/"secret"+ü?');
  const letters = 'x'.repeat(count);
  const whole = `${letters}${secret}${letters}`;
  const encodings = ['base64', 'base64url', 'hex'] as const;
  const texts = [
    ...[whole, encodeURIComponent(whole), JSON.stringify({ whole })],
    ...encodings.map((encoding) => Buffer.from(whole).toString(encoding)),
    Buffer.from(whole).toString('hex').toUpperCase(),
  ];
  for (const text of texts) expect(found({ secret }, { text })).toEqual(['secret in text']);
  expect(found({ secret }, { text: Buffer.from(`${letters}planted`).toString('base64') })).toEqual([]);
});
