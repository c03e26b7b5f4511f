import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { LocalSettings } from '../../../src/config/settings.ts';
import { type LocalTransportOptions, localTransport } from '../../../src/powershell/local/local-transport.ts';
import type { RunOptions } from '../../../src/powershell/transport.ts';
import { answerLimit } from '../../../src/powershell/wire/envelope.ts';
import { failureOf, here, program, temporaryFolder } from './harness.ts';

const host = 'web01.lab.example';
const wanted = { policy: { value: 1, keyExists: true }, eventLogEnabled: null };
const settled = { policy: wanted.policy, eventLogEnabled: false, changed: [] };

interface Logged {
  pid: number;
  asked?: {
    computer: string | null;
    configuration: string | null;
    command: string | null;
    operation: string;
  };
  script?: boolean;
  credential?: unknown;
  ended?: true;
}

/** A stand-in that acts as `act` says, and what it has seen. */
async function standIn(
  act: string,
  changes: Partial<LocalSettings> = {},
  options: LocalTransportOptions = {},
) {
  const folder = await temporaryFolder();
  const log = join(folder, 'log');
  await program(log, '');
  const executable = await program(
    join(folder, 'powershell.exe'),
    `#!${process.execPath}\nrequire(${JSON.stringify(here('stand-in.cjs'))});\n`,
  );
  const settings: LocalSettings = {
    transport: 'local',
    program: executable,
    configurationName: null,
    managementConfigurationName: null,
    credential: null,
    ...changes,
  };
  const transport = localTransport(settings, {
    env: { ...process.env, STAND_IN: act, STAND_IN_LOG: log },
    machine: 'mgmt',
    graceMs: 200,
    ...options,
  });
  onTestFinished(() => transport.close());
  const logged = async (): Promise<Logged[]> =>
    (await readFile(log, 'utf8')).split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
  return {
    transport,
    logged,
    set: (name = host, run: Partial<RunOptions> = {}) =>
      transport.run(name, 'set-host', wanted, { timeoutMs: 30_000, ...run }),
    /** Settles when so many runs have reached the stand-in. */
    async asked(count: number): Promise<Logged[]> {
      return await expect
        .poll(async () => (await logged()).filter(({ asked }) => asked), { timeout: 20_000, interval: 20 })
        .toHaveLength(count)
        .then(logged);
    },
  };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const pids = (lines: Logged[]) => [...new Set(lines.map(({ pid }) => pid))];

describe('A program that fails', () => {
  it('in the middle of its answer is SESSION_LOST, with how it ended', async () => {
    const { set, logged } = await standIn('ends in the middle');
    expect(await failureOf(set())).toEqual({
      code: 'SESSION_LOST',
      subject: host,
      message: `the program for ${host} ended before its answer was whole: exit code 3`,
    });
    expect(pids(await logged()).filter(runs)).toEqual([]);
  });

  it('or is killed is SESSION_LOST too, with the first that it said', async () => {
    const killed = await standIn('is killed');
    expect((await failureOf(killed.set())).message).toMatch(/: killed by SIGKILL$/);
    const spoke = await standIn('says why it ends');
    const { code, message } = await failureOf(spoke.set());
    expect([code, message]).toEqual([
      'SESSION_LOST',
      `the program for ${host} ended before its answer was whole: exit code 1, standard error "Not enough memory."`,
    ]);
  });

  it.each(['ends without an answer', 'answers no JSON', 'answers another request'])(
    'because it %s is ANSWER_INVALID',
    async (act) => {
      const { set } = await standIn(act);
      expect(await failureOf(set())).toMatchObject({ code: 'ANSWER_INVALID', subject: host });
    },
  );

  it('to say which request it answers is not believed, and is ended at the time limit', async () => {
    const { set, logged } = await standIn('answers half and hangs');
    expect(await failureOf(set(host, { timeoutMs: 1_000 }))).toEqual({
      code: 'TIMED_OUT',
      subject: host,
      message: `${host} did not answer within 1s`,
    });
    expect(pids(await logged()).filter(runs)).toEqual([]);
  });

  it('to stop printing is ANSWER_INVALID at the limit', async () => {
    const { set, logged } = await standIn('floods');
    const { code, message } = await failureOf(set());
    expect([code, message]).toEqual([
      'ANSWER_INVALID',
      `the answer of ${host} is longer than ${answerLimit} octets`,
    ]);
    expect(pids(await logged()).filter(runs)).toEqual([]);
  });

  it('to exist is PROGRAM_NOT_STARTED, with the setting', async () => {
    const { set } = await standIn('answers', { program: '/nowhere/powershell.exe' });
    expect(await failureOf(set())).toEqual({
      code: 'PROGRAM_NOT_STARTED',
      subject: 'powershell.program',
      message: '/nowhere/powershell.exe cannot be started (ENOENT)',
    });
  });
});

describe('A run that is cancelled', () => {
  it('rejects with the reason, after the program was asked to stop and has ended', async () => {
    const { set, asked, logged } = await standIn('hangs');
    const cancel = new AbortController();
    const run = set(host, { signal: cancel.signal });
    await asked(1);
    cancel.abort(new Error('cancelled by a test'));
    await expect(run).rejects.toThrow('cancelled by a test');
    const lines = await logged();
    expect(lines.at(-1)).toMatchObject({ ended: true });
    expect(pids(lines).filter(runs)).toEqual([]);
  });

  it('ends by force a program that does not stop', async () => {
    const { set, asked, logged } = await standIn('hangs, and does not stop');
    const cancel = new AbortController();
    const run = set(host, { signal: cancel.signal });
    await asked(1);
    cancel.abort(new Error('cancelled by a test'));
    await expect(run).rejects.toThrow('cancelled by a test');
    expect(pids(await logged()).filter(runs)).toEqual([]);
  });

  it('before its turn starts nothing, and gives its place in the queue away', async () => {
    const { set, asked, logged } = await standIn('hangs', {}, { maxSessions: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = set('a.lab.example', { signal: first.signal });
    await asked(1);
    const waiting = set('b.lab.example', { notAfter: second.signal });
    second.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    first.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect((await logged()).filter(({ asked }) => asked)).toHaveLength(1);
  });

  it('by notAfter alone goes on once it has begun', async () => {
    const { set, asked } = await standIn('answers in small pieces');
    const late = new AbortController();
    const run = set(host, { notAfter: late.signal });
    await asked(1);
    late.abort(new Error('too late'));
    expect(await run).toEqual(settled);
  });
});

describe('A program that answers', () => {
  it.each([
    'answers',
    'prints a banner before',
    'prints CLIXML on standard error',
    'answers in small pieces',
  ])('is believed where it %s', async (act) => {
    const { set } = await standIn(act);
    expect(await set()).toEqual(settled);
  });

  it('is used again for the same host, and another one for another host', async () => {
    const { set, logged } = await standIn('answers');
    for (const name of [host, host, 'web02.lab.example', host]) await set(name);
    const lines = (await logged()).filter(({ asked }) => asked);
    const [first, again, other, last] = lines.map(({ pid }) => pid);
    expect([again, last]).toEqual([first, first]);
    expect(other).not.toBe(first);
  });

  it('serves one run at a time: at once there are as many as there are runs, up to the limit', async () => {
    const { set, asked, logged } = await standIn('answers', {}, { maxSessions: 3 });
    const names = Array.from({ length: 9 }, (_, at) => `web${at}.lab.example`);
    expect(await Promise.all(names.map((name) => set(name)))).toEqual(names.map(() => settled));
    const lines = await asked(9);
    expect(lines.flatMap(({ asked }) => asked?.computer ?? []).sort()).toEqual(names);
    const alive = pids(await logged()).filter(runs);
    expect(alive.length).toBeLessThanOrEqual(3);
    expect(alive.length).toBeGreaterThan(0);
  });

  it('is gone after close, also one that was idle', async () => {
    const { set, transport, logged } = await standIn('answers');
    await set();
    expect(pids(await logged()).filter(runs)).toHaveLength(1);
    await transport.close();
    expect(pids(await logged()).filter(runs)).toEqual([]);
  });

  it('is gone after it was idle for long enough', async () => {
    const { set, logged } = await standIn('answers', {}, { idleMs: 50 });
    await set();
    await expect.poll(async () => pids(await logged()).filter(runs), { timeout: 20_000 }).toEqual([]);
  });
});

describe('What is asked of the program', () => {
  const removal = { dmsa: 'CN=d,DC=lab', description: 'm', server: 'dc1' };
  const remove = async (name: string, changes: Partial<LocalSettings> = {}) => {
    const { transport, logged } = await standIn('answers', changes);
    // Its answer is that of set-host: what counts here is the question.
    await failureOf(transport.run(name, 'remove-dmsa', removal, { timeoutMs: 30_000 }));
    const [first] = await logged();
    const { nonce: _, ...asked } = first!.asked as NonNullable<Logged['asked']> & { nonce: string };
    return { ...asked, script: first!.script, credential: first!.credential };
  };

  it('is refused where it is no valid question, before the program is started', async () => {
    const { transport, logged } = await standIn('answers');
    const wrong = { ...removal, dmsa: '' };
    expect(await failureOf(transport.run('mgmt', 'remove-dmsa', wrong, { timeoutMs: 30_000 }))).toMatchObject(
      { code: 'INVALID_PARAMETER', subject: 'dmsa' },
    );
    expect(await logged()).toEqual([]);
  });

  it('has no computer where the management host is this machine, whatever its case or domain', async () => {
    const here = { computer: null, configuration: null, command: null, operation: 'remove-dmsa' };
    for (const name of ['mgmt', 'MGMT.lab.example'])
      expect(await remove(name)).toEqual({ ...here, script: true, credential: null });
  });

  it('has the computer and the credential of the cmdlets where the management host is another machine', async () => {
    const folder = await temporaryFolder();
    const file = await program(join(folder, 'password'), 'hunter2\n');
    const credential = { user: 'LAB\\admin', password: { file } };
    expect(await remove('mgmt2.lab.example', { credential })).toEqual({
      computer: 'mgmt2.lab.example',
      configuration: null,
      command: null,
      operation: 'remove-dmsa',
      script: true,
      credential: { user: 'LAB\\admin', password: 'hunter2' },
    });
  });

  it('is one command and no script where there is a JEA endpoint, also on this machine', async () => {
    expect(await remove('mgmt.lab.example', { managementConfigurationName: 'DmsaManagement' })).toEqual({
      computer: 'mgmt.lab.example',
      configuration: 'DmsaManagement',
      command: 'Invoke-DmsaManagementOperation',
      operation: 'remove-dmsa',
      script: false,
      credential: null,
    });
    const hosts = await standIn('answers', { configurationName: 'DmsaHost' });
    expect(await hosts.set()).toEqual(settled);
    expect((await hosts.logged())[0]).toMatchObject({
      asked: { computer: host, configuration: 'DmsaHost', command: 'Invoke-DmsaHostOperation' },
      script: false,
    });
  });
});
