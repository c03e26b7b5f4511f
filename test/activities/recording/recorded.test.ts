import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readSecret } from '../../../src/config/secret.ts';
import type { PasswordLogin } from '../../../src/config/settings.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import {
  type CommandRecord,
  fileRecords,
  type ReadRecord,
  recordFile,
} from '../../../src/records/records.ts';
import { entryOf, failureOf, type InLab, inLab, linked, migrationId, run } from '../in-lab.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-recorded-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** As MockActivityEnvironment calls the workflow and the activity. */
const mocked = { workflowId: 'test', activity: 'unknown' };

async function lines<T>(kind: 'commands' | 'reads'): Promise<T[]> {
  const text = await readFile(recordFile(folder, mocked.workflowId, kind), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const recording = (world: InLab): InLab => ({
  ...world,
  deps: { ...world.deps, records: fileRecords(folder) },
});

describe('what activities run and read is written down', () => {
  test('a command has its host, its parameters and when, and no answer of one that only reads is kept', async () => {
    const world = recording(await inLab());
    const host = world.plan.hosts[0]!.name;
    await run(world, 'preflight', {
      plan: world.plan,
      gate: 'start',
      expect: 'unlinked',
      allowed: [],
      hosts: null,
      server: world.plan.domain.server,
    });
    const commands = await lines<CommandRecord>('commands');
    const asked = commands.filter((each) => each.when === 'asked');
    const answered = commands.filter((each) => each.when === 'answered');
    expect(asked).toHaveLength(world.plan.hosts.length);
    expect(asked.find((each) => each.host === host)).toEqual({
      activity: mocked.activity,
      task: 'test',
      attempt: 1,
      at: expect.stringMatching(/^2025-06-01T08:00:/),
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      when: 'asked',
      host,
      operation: 'inspect-host',
      parameters: { eventsSince: null },
    });
    expect(answered.map(({ error, result }) => [error, result])).toEqual(asked.map(() => [null, null]));
    expect(answered.map(({ id }) => id).sort()).toEqual(asked.map(({ id }) => id).sort());
    expect((await stat(recordFile(folder, 'test', 'commands'))).mode & 0o777).toBe(0o600);
  });

  test('a read has its domain controller, base, scope, filter, attributes and how many there were', async () => {
    const world = recording(await linked());
    await run(world, 'verifyPrincipals', {
      target: world.target,
      hosts: world.plan.hosts,
      allowed: [],
      until: world.clock.now.toISOString(),
      everyMs: 1000,
    } as never).catch(() => undefined);
    const reads = await lines<ReadRecord>('reads');
    expect(reads.length).toBeGreaterThan(0);
    for (const each of reads) {
      expect(each).toMatchObject({ activity: mocked.activity, task: 'test', attempt: 1, error: null });
      expect(each.dc).toBe('dc1.lab.example');
      expect(each.attributes.length).toBeGreaterThan(0);
    }
    expect(
      reads.some(({ filter, entries }) => String(filter).includes('dmsa-finance$') && entries === 1),
    ).toBe(true);
  });

  test('a change has its parameters and its answer, one that fails has its code, and neither a credential', async () => {
    const world = recording(await inLab());
    const input = { migrationId, target: world.target, entry: entryOf(world, 'create-dmsa', null) };
    const { dn } = await run(world, 'createDmsa', input as never);
    const refused = new DmsaError('ACCESS_DENIED', dn, `${'x'.repeat(500)} is not allowed`);
    const transport = { run: () => Promise.reject(refused) };
    const failure = await failureOf(
      run({ ...world, deps: { ...world.deps, transport } }, 'removeDmsa', input as never, 2),
    );
    expect(failure.type).toBe('ACCESS_DENIED');
    const [created, , removed, answer] = await lines<CommandRecord>('commands');
    expect(created).toMatchObject({
      operation: 'new-dmsa',
      parameters: { name: 'dmsa-finance' },
      attempt: 1,
    });
    expect(await lines<CommandRecord>('commands')).toContainEqual(
      expect.objectContaining({
        when: 'answered',
        error: null,
        result: expect.objectContaining({ distinguishedName: dn }),
      }),
    );
    expect(removed).toMatchObject({ operation: 'remove-dmsa', attempt: 2, parameters: { dmsa: dn } });
    const message = expect.stringMatching(/^x{200}… \(\d+ characters, SHA-256 [0-9a-f]{64}\)$/);
    expect(answer).toMatchObject({
      when: 'answered',
      error: { code: 'ACCESS_DENIED', message },
      result: null,
    });
    const { powershell, directory } = world.lab.settings;
    const written = await readFile(recordFile(folder, 'test', 'commands'), 'utf8');
    for (const { password } of [powershell.credential!, directory as PasswordLogin])
      expect(written).not.toContain(await readSecret(password));
  });

  test('a folder that nobody can write to stops no read, and stops an effect', async () => {
    const world = await inLab();
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const deps = { ...world.deps, records: fileRecords(join(file, 'below')) };
    const evidence = await run({ ...world, deps }, 'preflight', {
      plan: world.plan,
      gate: 'start',
      expect: 'unlinked',
      allowed: [],
      hosts: null,
      server: world.plan.domain.server,
    });
    expect(evidence.hash).toMatch(/^[0-9a-f]{64}$/);
    const { target } = world;
    const failure = run({ ...world, deps }, 'createDmsa', {
      migrationId,
      target,
      entry: entryOf(world, 'create-dmsa', null),
    } as never);
    await expect(failure).rejects.toThrow(/ENOTDIR|not a directory/);
    expect(
      await world.store.read(`CN=dmsa-finance,CN=Managed Service Accounts,${world.plan.domain.baseDn}`),
    ).toBe(null);
  });
});
