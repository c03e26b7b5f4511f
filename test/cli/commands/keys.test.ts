import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readApproverKeys } from '../../../src/approval/approver-keys.ts';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import type { Migrations } from '../../../src/client/migrations.ts';
import { errorKinds } from '../../../src/domain/errors/errors.ts';
import { gate, plan, waiting } from '../../domain/migration/sample-status.ts';
import { fakeIo } from '../fake-io.ts';

let folder: string;
let sent: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-keys-'));
  sent = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** The command, and a migration that takes signed votes and would count any. */
async function dmsa(...args: string[]) {
  const migrations = {
    status: async () => ({ ...waiting, gates: [gate({ signed: true })], progress: {}, ended: false }),
    plan: async () => plan,
    vote: async (...vote: unknown[]) => {
      sent.push(vote);
      return { verdict: 'counted' };
    },
  } as unknown as Migrations;
  const assembly = {
    connect: async () => ({ migrations, close: async () => undefined }),
  } as unknown as Assembly;
  const io = fakeIo({ folder });
  const exitCode = await run(args, io, assembly);
  return { exitCode, out: io.stdout(), err: io.stderr() };
}

const newKey = (file: string) => dmsa('keys', 'new', '--for', 'LAB\\bob', '--out', file);
const approve = (file: string) =>
  dmsa('approve', waiting.migrationId, '--key', file, '--hash', 'e'.repeat(64));
const written = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));

describe('no key is made', () => {
  test('without a file for it: it would have to be printed', async () => {
    for (const format of ['text', 'json']) {
      const { exitCode, out, err } = await dmsa('keys', 'new', '--for', 'LAB\\bob', '-o', format);
      expect(exitCode).toBe(2);
      expect(err).toBe(
        `ARGUMENT_INVALID: --out: name the file for the private key (fix: ${errorKinds.ARGUMENT_INVALID.fix})\n`,
      );
      expect(out).not.toContain('"d"');
    }
    expect(await readdir(folder)).toEqual([]);
  });

  test('over a file that is there, whatever is in it', async () => {
    await newKey('bob.jwk');
    const before = await readFile(join(folder, 'bob.jwk'), 'utf8');
    const { exitCode, out, err } = await newKey('bob.jwk');
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(`FILE_EXISTS: --out: ${join(folder, 'bob.jwk')} is there already`);
    expect(await readFile(join(folder, 'bob.jwk'), 'utf8')).toBe(before);
  });

  test('in a folder that is not there', async () => {
    const { exitCode, out, err } = await newKey('none/bob.jwk');
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(
      `FILE_UNWRITABLE: --out: ${join(folder, 'none/bob.jwk')} cannot be written (ENOENT)`,
    );
  });
});

describe('a key that others may read, mode 0644', () => {
  beforeEach(async () => {
    await newKey('bob.jwk');
    await newKey('carol.jwk');
    await chmod(join(folder, 'bob.jwk'), 0o644);
  });

  test('is refused by keys public, beside a good one, too', async () => {
    const { exitCode, out, err } = await dmsa('keys', 'public', 'carol.jwk', 'bob.jwk');
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(
      `FILE_NOT_PRIVATE: bob.jwk: others may read ${join(folder, 'bob.jwk')} (mode 0644): chmod 600 it`,
    );
  });

  test('is refused by approve, and no vote is sent', async () => {
    const { exitCode, out, err } = await approve('bob.jwk');
    expect([exitCode, out, sent]).toEqual([2, '', []]);
    expect(err).toContain(
      `FILE_NOT_PRIVATE: --key: others may read ${join(folder, 'bob.jwk')} (mode 0644): chmod 600 it`,
    );
  });

  test('is taken again once it is private', async () => {
    await chmod(join(folder, 'bob.jwk'), 0o600);
    expect((await dmsa('keys', 'public', 'bob.jwk')).exitCode).toBe(0);
    const { exitCode, err } = await approve('bob.jwk');
    expect([exitCode, err, sent.length]).toEqual([0, '', 1]);
  });
});

test('keys public without a file, or of one that holds no private key, is refused and shows nothing', async () => {
  const none = await dmsa('keys', 'public');
  expect([none.exitCode, none.out]).toEqual([2, '']);
  expect(none.err).toContain('<files>: name the private keys whose public part is wanted');
  await newKey('bob.jwk');
  const { d: secret, ...shown } = await written('bob.jwk');
  await writeFile(join(folder, 'public.jwk'), JSON.stringify(shown), { mode: 0o600 });
  await writeFile(join(folder, 'torn.jwk'), `{"d":"${secret}`, { mode: 0o600 });
  for (const file of ['public.jwk', 'torn.jwk']) {
    const { exitCode, out, err } = await dmsa('keys', 'public', file);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(
      `${join(folder, file)} holds no private Ed25519 key as a JWK (fix: Make a private key with`,
    );
    expect(err).not.toContain(secret);
  }
});

test('a key is written for its owner alone, and what is printed is its public part', async () => {
  const { exitCode, out, err } = await newKey('bob.jwk');
  expect(exitCode).toBe(0);
  expect((await stat(join(folder, 'bob.jwk'))).mode & 0o777).toBe(0o600);
  const { d, ...shown } = await written('bob.jwk');
  expect(d).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: shown.x });
  expect(shown).toEqual({ kty: 'OKP', crv: 'Ed25519', x: shown.x, kid, approver: 'LAB\\bob' });
  expect(JSON.parse(out)).toEqual(shown);
  expect(err).toBe('Keep bob.jwk to yourself; this is its public part, for dmsa plan --approver-keys:\n');
  expect(`${out}${err}`).not.toContain(d);
});

test('as JSON the public part is one object in one line, and nothing else is said', async () => {
  const { out, err } = await dmsa('keys', 'new', '--for', 'LAB\\bob', '--out', 'bob.jwk', '-o', 'json');
  const { d: _, ...shown } = await written('bob.jwk');
  expect(out).toBe(`${JSON.stringify(shown)}\n`);
  expect(err).toBe('');
});

test('keys public shows several as the set that plans take, in their order and without what is private', async () => {
  await newKey('bob.jwk');
  await dmsa('keys', 'new', '--for', 'carol@lab.example', '--out', 'carol.jwk');
  const keys = await Promise.all(['carol.jwk', 'bob.jwk'].map(written));
  const { exitCode, out, err } = await dmsa('keys', 'public', 'carol.jwk', 'bob.jwk');
  expect([exitCode, err]).toEqual([0, '']);
  expect(JSON.parse(out)).toEqual({ keys: keys.map(({ d: _, ...shown }) => shown) });
  await writeFile(join(folder, 'all.jwks'), out);
  expect((await readApproverKeys(folder, ['all.jwks'])).map(({ approver }) => approver)).toEqual([
    'carol@lab.example',
    'LAB\\bob',
  ]);
  const json = await dmsa('keys', 'public', 'carol.jwk', 'bob.jwk', '-o', 'json');
  expect(json.out).toBe(`${JSON.stringify(JSON.parse(out))}\n`);
});
