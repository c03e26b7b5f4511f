import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { settingKeys } from '../../../src/config/keys.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-init-'));
  file = join(folder, 'dmsa.toml');
});
afterEach(() => rm(folder, { recursive: true }));

async function init(args: string[], options: FakeOptions & { dns?: string[] } = {}) {
  const asked: string[] = [];
  const assembly = {
    async findControllers(domain: string) {
      asked.push(domain);
      return options.dns ?? [];
    },
  } as unknown as Assembly;
  const io = fakeIo({ folder, ...options });
  const exitCode = await run(['init', ...args], io, assembly);
  return { exitCode, out: io.stdout(), err: io.stderr(), asked };
}

const flags = ['--domain', 'contoso.com', '--management-host', 'mgmt', '--user', 'svc-dmsa'];
const load = () => loadSettings({ configFile: file, env: {}, flags: {}, folder });

describe('what is wrong writes nothing', () => {
  test.each([
    [[], 'NO_TERMINAL: there is no terminal to ask on: give --domain'],
    [flags, 'NO_TERMINAL: there is no terminal to ask on: give --dc'],
    [flags.slice(0, 4).concat('--dc', 'dc1'), 'NO_TERMINAL: there is no terminal to ask on: give --user'],
    [['--domain', 'con toso'], 'ARGUMENT_INVALID: --domain: "con toso" is not a full DNS name'],
    [[...flags, '--dc', 'dc1:636'], 'ARGUMENT_INVALID: --dc: "dc1:636.contoso.com" is not a full DNS name'],
    [
      [...flags.slice(0, 4), '--dc', 'dc1', '--user', 'a b'],
      'ARGUMENT_INVALID: --user: "a b" is no name of an account',
    ],
    [
      [...flags, '--dc', 'dc1', '--out', 'no/where.toml'],
      'FILE_UNWRITABLE: --out: no/where.toml cannot be written (ENOENT)',
    ],
  ])('%j', async (args, message) => {
    const { exitCode, err, out } = await init(args);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(message);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  test('an answer that is empty is none', async () => {
    const { exitCode, err } = await init([], { answer: '' });
    expect(exitCode).toBe(2);
    expect(err).toContain('--domain: the answer was empty');
  });

  test('a file that is there is kept, and overwritten on demand, for its owner alone', async () => {
    await writeFile(file, 'mine', { mode: 0o644 });
    const kept = await init([...flags, '--dc', 'dc1']);
    expect(kept.exitCode).toBe(2);
    expect(kept.err).toContain('dmsa.toml is there already (fix: Give --force to overwrite it.');
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await init([...flags, '--dc', 'dc1', '--force'])).exitCode).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await load()).management.host).toBe('mgmt.contoso.com');
  });
});

describe('the file that it writes', () => {
  test('is accepted as settings, names the hosts in full, and is readable by its owner alone', async () => {
    const { exitCode, out, asked } = await init([...flags, '--dc', 'DC1', '--dc', 'dc2.contoso.com']);
    expect([exitCode, asked]).toEqual([0, []]);
    expect(out).toContain(
      `Wrote ${file}\n  1  put the password of svc-dmsa@contoso.com into directory.password`,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await load()).toEqual({
      directory: {
        urls: ['ldaps://dc1.contoso.com:636', 'ldaps://dc2.contoso.com:636'],
        caFile: null,
        user: 'svc-dmsa@contoso.com',
        password: { file: join(folder, 'directory.password') },
      },
      management: { host: 'mgmt.contoso.com' },
      powershell: {
        transport: 'ssh',
        user: 'svc-dmsa@contoso.com',
        privateKeyFile: join(folder, 'id_ed25519'),
        passphrase: null,
        knownHostsFile: join(folder, 'known_hosts'),
        credential: null,
      },
      hosts: {},
      worker: { taskQueue: 'dmsa' },
      records: { folder: join(folder, 'records') },
    });
  });

  test('has every setting in it with what it is for, and each example is accepted as it stands', async () => {
    await init([...flags, '--dc', 'dc1']);
    const text = await readFile(file, 'utf8');
    const words = text.replace(/\n# /g, ' ');
    for (const key of settingKeys) {
      const written = key.name.split('.')[1]! + (key.kind === 'secret' ? '-file' : '');
      expect(text).toMatch(new RegExp(`^(# )?${written} = `, 'm'));
      expect(words).toContain(key.meaning.replaceAll('`', ''));
    }
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
    expect(() => parse(text.replace(/^# (\[hosts\.|[a-z-]+ = )/gm, '$1'))).not.toThrow();
  });

  test('names the schema beside it, which takes it', async () => {
    await init([...flags, '--dc', 'dc1']);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^#:schema \.\/dmsa\.schema\.json\n/);
    const schema = z.fromJSONSchema(JSON.parse(await readFile(join(folder, 'dmsa.schema.json'), 'utf8')));
    expect(schema.safeParse(parse(text)).success).toBe(true);
  });

  test('has the domain controllers that DNS knows', async () => {
    const dns = ['dc2.contoso.com', 'dc1.contoso.com'];
    const { exitCode, asked, err } = await init(flags, { dns });
    expect([exitCode, asked]).toEqual([0, ['contoso.com']]);
    expect(err).toBe('DNS knows dc2.contoso.com, dc1.contoso.com\n');
    expect((await load()).directory.urls).toEqual(dns.map((name) => `ldaps://${name}:636`));
  });

  test('is made of what is answered on a terminal; nothing typed takes the suggestion', async () => {
    const answer = ['contoso.com', '', 'mgmt', 'CONTOSO\\svc-dmsa'];
    const { exitCode, err } = await init([], { answer, dns: ['dc7.contoso.com'] });
    expect(exitCode).toBe(0);
    expect(err).toContain('Domain controllers, the first to try first [dc7.contoso.com]: ');
    const settings = await load();
    expect(settings.directory).toMatchObject({
      urls: ['ldaps://dc7.contoso.com:636'],
      user: 'svc-dmsa@contoso.com',
    });
  });

  test('as JSON is told in one object', async () => {
    const { out } = await init([...flags, '--dc', 'dc1', '-o', 'json', '--out', 'other.toml']);
    expect(JSON.parse(out)).toMatchObject({
      file: join(folder, 'other.toml'),
      urls: ['ldaps://dc1.contoso.com:636'],
      next: [expect.any(String), expect.any(String), 'check all of it: dmsa doctor --config other.toml'],
    });
  });
});
