import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import packageJson from '../../package.json' with { type: 'json' };
import type { ClientSettings, Settings } from '../../src/config/settings.ts';
import { checkNode, checkRecords, checkSecrets } from '../../src/doctor/local.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-doctor-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a Node.js older than package.json allows fails, and no other', () => {
  expect(packageJson.engines.node).toBe('>=22.12');
  expect(checkNode('20.20.2').verdict).toBe('fail');
  expect(checkNode('22.11.9')).toMatchObject({ verdict: 'fail', seen: '22.11.9 is older than 22.12' });
  for (const version of ['22.12.0', '23.0.0', '24.21.0']) expect(checkNode(version).verdict).toBe('ok');
});

describe('the folder of records', () => {
  const check = (records: string) =>
    checkRecords({ records: { folder: records }, worker: { taskQueue: 'x' } } satisfies ClientSettings);

  test('fails where it is a file, or below one', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await check(file)).toMatchObject({ verdict: 'fail', seen: `${file} is no folder` });
    expect(await check(join(file, 'records'))).toMatchObject({
      verdict: 'fail',
      seen: expect.stringContaining('cannot be written to (ENOTDIR)'),
    });
  });

  test('is warned of where others may read it', async () => {
    const records = join(folder, 'records');
    await mkdir(records);
    await chmod(records, 0o750);
    expect(await check(records)).toMatchObject({ verdict: 'warn', fix: `chmod 700 ${records}` });
  });

  test('is fine for its owner alone, and before there is one', async () => {
    expect(await check(folder)).toMatchObject({ verdict: 'ok' });
    expect(await check(join(folder, 'a', 'b'))).toMatchObject({
      verdict: 'ok',
      seen: expect.stringContaining('is made with the first record'),
    });
  });
});

describe('secrets', () => {
  const settings = (password: string, key: string): Settings => ({
    directory: { urls: ['ldaps://dc1'], caFile: null, user: 'u', password: { file: join(folder, password) } },
    management: { host: 'm' },
    powershell: {
      transport: 'ssh',
      user: 'u',
      privateKeyFile: join(folder, key),
      passphrase: null,
      knownHostsFile: 'k',
      credential: null,
    },
    hosts: {},
    worker: { taskQueue: 'dmsa' },
    records: { folder },
  });
  beforeEach(async () => {
    for (const name of ['password', 'id']) await writeFile(join(folder, name), 'hunter2', { mode: 0o600 });
    await writeFile(join(folder, 'empty'), '\n', { mode: 0o600 });
  });

  test('fail where one is not there, or empty', async () => {
    expect(await checkSecrets(settings('missing', 'id'))).toMatchObject({
      verdict: 'fail',
      seen: expect.stringContaining(`${join(folder, 'missing')} cannot be read (ENOENT)`),
    });
    expect(await checkSecrets(settings('empty', 'id'))).toMatchObject({ verdict: 'fail' });
    expect(await checkSecrets(settings('password', 'missing'))).toMatchObject({
      verdict: 'fail',
      seen: `${join(folder, 'missing')} cannot be read (ENOENT)`,
    });
  });

  test('are warned of where others may read them', async () => {
    await chmod(join(folder, 'password'), 0o644);
    expect(await checkSecrets(settings('password', 'id'))).toMatchObject({
      verdict: 'warn',
      fix: `chmod 600 ${join(folder, 'password')}`,
    });
  });

  test('are those of webhooks, key rings, codec servers, votes and reports, too', async () => {
    const place = (name: string) => ({ file: join(folder, name) });
    const every = (given: { secret?: string; vote?: string } = {}): Settings => ({
      ...settings('password', 'id'),
      notify: {
        audit: {
          kind: 'json',
          url: place('password'),
          secret: place(given.secret ?? 'password'),
          events: null,
        },
      },
      encryption: { keys: place('password'), keyId: null },
      codecServer: { token: place('password'), accessTokens: null },
      vote: { keyFile: join(folder, given.vote ?? 'id') },
    });
    expect(await checkSecrets(every({ secret: 'empty' }))).toMatchObject({ verdict: 'fail' });
    expect(await checkSecrets(every({ vote: 'missing' }))).toMatchObject({
      verdict: 'fail',
      seen: `${join(folder, 'missing')} cannot be read (ENOENT)`,
    });
    expect(await checkSecrets(every())).toMatchObject({
      verdict: 'ok',
      seen: '5 that can be read, by you alone',
    });
  });

  test('are counted, and never told', async () => {
    const check = await checkSecrets(settings('password', 'id'));
    expect(check).toEqual({
      name: 'secrets',
      verdict: 'ok',
      seen: '1 that can be read, by you alone',
      fix: null,
    });
  });
});
