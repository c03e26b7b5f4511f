import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import type { Migrations } from '../../../src/client/migrations.ts';
import type { ResolvedPrincipal } from '../../../src/directory/names/resolve-principal.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { waiting } from '../../domain/migration/sample-status.ts';
import { settings } from '../dmsa.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

const sid = 'S-1-5-21-1-2-3-1104';
const kiosk: ResolvedPrincipal = {
  sid,
  found: { dn: 'CN=KIOSK07,CN=Computers,DC=lab,DC=example', name: 'KIOSK07$', kind: 'computer' },
  why: null,
};
const id = waiting.migrationId;
const question = `Allow it to fetch the password of the dMSA, in ${id}? [y/N] `;
const who = { by: 'LAB\\ann', reason: 'seen' };

let folder: string;
let sent: unknown[];
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-allow-'));
  [sent, asked] = [[], []];
  await writeFile(join(folder, 'dmsa.toml'), settings);
});
afterEach(() => rm(folder, { recursive: true }));

/** `dmsa allow` of this principal; `answer` is what the directory says of it. */
async function allow(
  written: string,
  answer: ResolvedPrincipal | DmsaError,
  { args = [], ...options }: FakeOptions & { args?: string[] } = {},
) {
  const migrations = {
    status: async () => ({ ...waiting, progress: {}, ended: false }),
    send: async (to: string, signal: string, payload: object) => {
      sent.push([to, payload]);
      return { signal, about: sid, by: '', reason: '', at: '', verdict: 'accepted' };
    },
  } as unknown as Migrations;
  const assembly = {
    connect: async () => ({ migrations, close: async () => undefined }),
    async principal(name: string) {
      asked.push(name);
      if (answer instanceof DmsaError) throw answer;
      return answer;
    },
  } as unknown as Assembly;
  const io = fakeIo({ folder, ...options });
  const given = ['allow', id, written, '--by', who.by, '--reason', who.reason, ...args];
  const exitCode = await run(given, io, assembly);
  return { exitCode, out: io.stdout(), err: io.stderr() };
}

describe('nothing is sent', () => {
  test('for a name that nothing answers to', async () => {
    const missing = new DmsaError(
      'NOT_FOUND',
      'WEB9',
      'principal: WEB9: nothing in lab.example answers to it',
    );
    const { exitCode, err } = await allow('WEB9', missing);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^NOT_FOUND: principal: WEB9: nothing in lab.example answers to it \(fix: /);
    expect(sent).toEqual([]);
  });

  test('for a name where there are no settings to look it up with, and nobody is asked', async () => {
    await rm(join(folder, 'dmsa.toml'));
    const { exitCode, err } = await allow('KIOSK07$', kiosk);
    expect(exitCode).toBe(2);
    expect(err).toContain('<principal>: KIOSK07$ is looked up in the directory, whose settings are missing');
    await writeFile(join(folder, 'dmsa.toml'), settings);
    expect([asked, sent]).toEqual([[], []]);
  });

  test.each(['S-1-5-21-1-2-3-', 'S-1-5', 'S-1-5-4294967296'])('for %s, which is no SID', async (written) => {
    const { exitCode, err } = await allow(written, kiosk);
    expect(exitCode).toBe(2);
    expect(err).toContain(`"${written}" is not a SID`);
    expect([asked, sent]).toEqual([[], []]);
  });

  test('where a person sees who it is and says no', async () => {
    const { exitCode, err } = await allow('LAB\\kiosk07$', kiosk, { answer: 'n' });
    expect(exitCode).toBe(2);
    const shown = stripVTControlCharacters(err);
    expect(shown).toContain(`${sid} is the computer CN=KIOSK07,CN=Computers,DC=lab,DC=example\n${question}`);
    expect(sent).toEqual([]);
  });
});

describe('the SID that the name was resolved to is sent', () => {
  const signal = [id, { ...who, sid }];

  test('when a person sees who it is and says yes', async () => {
    const { exitCode, out } = await allow('LAB\\kiosk07$', kiosk, { answer: 'y' });
    expect({ exitCode, out, asked }).toEqual({
      exitCode: 0,
      out: `Allowed KIOSK07$ (${sid}) in ${id}\n`,
      asked: ['LAB\\kiosk07$'],
    });
    expect(sent).toEqual([signal]);
  });

  test('without a question where nobody can be asked, and with -y; who it is is shown all the same', async () => {
    for (const options of [{}, { answer: 'n', args: ['-y'] }]) {
      const { exitCode, err } = await allow('LAB\\kiosk07$', kiosk, options);
      expect(exitCode).toBe(0);
      expect(err).toBe(`${sid} is the computer CN=KIOSK07,CN=Computers,DC=lab,DC=example\n`);
    }
    expect(sent).toEqual([signal, signal]);
  });

  test('and told as JSON, alone on standard output', async () => {
    const { out, err } = await allow('LAB\\kiosk07$', kiosk, { args: ['-o', 'json'] });
    expect(JSON.parse(out)).toEqual({ migrationId: id, sent: 'allow', ...who, principal: kiosk });
    expect(err).toBe('');
  });

  test('with control characters of names made visible', async () => {
    const found = { dn: 'CN=a\u001b[2J,DC=lab', name: 'a\u001b[2J', kind: 'user' };
    const { out, err } = await allow('a', { sid, found, why: null });
    expect(`${out}${err}`).not.toContain('\u001b');
    expect(sent).toEqual([signal]);
  });
});

describe('a SID is sent', () => {
  const signal = [id, { ...who, sid }];

  test('as it was written, in any case, where the directory knows nobody of it', async () => {
    const { out, err } = await allow(sid.toLowerCase(), {
      sid,
      found: null,
      why: 'nothing in lab.example answers to it',
    });
    expect(out).toBe(`Allowed ${sid} in ${id}\n`);
    expect(err).toBe(`${sid}: nothing in lab.example answers to it\n`);
    expect(sent).toEqual([signal]);
  });

  test('where the directory cannot be asked, or has no settings: that is told', async () => {
    const gone = new DmsaError(
      'DIRECTORY_UNREACHABLE',
      'dc1',
      'ldaps://dc1.lab.example: connect ECONNREFUSED',
    );
    expect((await allow(sid, gone)).err).toBe(
      `${sid}: not looked up: ldaps://dc1.lab.example: connect ECONNREFUSED\n`,
    );
    await rm(join(folder, 'dmsa.toml'));
    expect((await allow(sid, kiosk)).err).toMatch(new RegExp(`^${sid}: not looked up: .*missing`));
    await writeFile(join(folder, 'dmsa.toml'), settings);
    expect(sent).toEqual([signal, signal]);
  });
});
