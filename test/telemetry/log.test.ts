import { expect, test } from 'vitest';

import { createLog, temporalLogger } from '../../src/telemetry/log.ts';

function capture(level: Parameters<typeof createLog>[0]) {
  const lines: string[] = [];
  const log = createLog(level, { write: (line) => void lines.push(line) });
  return { log, lines, events: () => lines.map((line) => JSON.parse(line)) };
}

test('fields that look like secrets are redacted, as deep as settings are.', () => {
  const { log, lines, events } = capture('info');
  log.info(
    { password: 'hunter2', settings: { powershell: { credential: { password: 'hunter2' } } } },
    'loaded',
  );
  log.info({ directory: { bind: { password: 'hunter2', user: 'reader' } } }, 'bound');
  expect(lines.join('')).not.toContain('hunter2');
  expect(events()[1]).toMatchObject({
    directory: { bind: { password: '[redacted]', user: 'reader' } },
    msg: 'bound',
  });
});

test.each<[string, object, object]>([
  ['the private part of a JWK', { kid: 'bob', x: 'public', d: 'planted' }, { x: 'public', d: '[redacted]' }],
  ['a JWK of a setting', { vote: { key: { d: 'planted' } } }, { vote: { key: '[redacted]' } }],
  ['a list of JWKs', { approvers: [{ d: 'planted' }] }, { approvers: [{ d: '[redacted]' }] }],
  [
    'a webhook',
    { notify: { audit: { kind: 'json', url: 'https://hooks.example/planted', secret: 'planted' } } },
    { notify: { audit: { kind: 'json', url: '[redacted]', secret: '[redacted]' } } },
  ],
  ['a key ring', { encryption: { keys: 'k1 planted' } }, { encryption: { keys: '[redacted]' } }],
  ['a key of one', { ring: [{ id: 'k1', key: 'planted' }] }, { ring: [{ id: 'k1', key: '[redacted]' }] }],
  ['a token', { codecServer: { token: 'planted' } }, { codecServer: { token: '[redacted]' } }],
])('%s is redacted, and what stands beside it is not', (_what, fields, logged) => {
  const { log, lines, events } = capture('info');
  log.info(fields, 'loaded');
  expect(lines.join('')).not.toContain('planted');
  expect(events()[0]).toMatchObject(logged);
});

test('a signed vote is no secret', () => {
  const { log, events } = capture('info');
  log.info({ votes: [{ jws: 'e30.e30.c2ln', kid: 'bob' }] }, 'counted');
  expect(events()[0]).toMatchObject({ votes: [{ jws: 'e30.e30.c2ln', kid: 'bob' }] });
});

test('an event is one line, below the level none.', () => {
  const { log, lines, events } = capture('warn');
  log.info('unimportant');
  log.warn({ host: 'web01\nweb02' }, 'two\nlines');
  expect(lines).toHaveLength(1);
  expect(lines[0]!.trimEnd()).not.toContain('\n');
  expect(events()[0]).toMatchObject({ level: 'warn', msg: 'two\nlines', time: expect.stringMatching(/Z$/) });
});

test('an event holds nothing that a terminal obeys, and is the same when parsed', () => {
  const { log, lines, events } = capture('info');
  const host = 'a\u009b2Jb\u202ec\u2028d\u007f\u{e0001}';
  log.info({ host }, `read ${host}`);
  expect(lines[0]).toMatch(/^[ -~]+\n$/);
  expect(events()[0]).toMatchObject({ host, msg: `read ${host}` });
});

test('what Temporal logs goes through the same log at its own level.', () => {
  const { log, events } = capture('warn');
  const logger = temporalLogger(log);
  logger.info('Worker state changed', { state: 'RUNNING' });
  logger.warn('Activity failed', { activityType: 'link' });
  expect(events()).toEqual([
    expect.objectContaining({ level: 'warn', msg: 'Activity failed', activityType: 'link' }),
  ]);
});
