import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { AuthContext, KeyboardAuthContext } from 'ssh2';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { SshSettings } from '../../../src/config/settings.ts';
import { type Bench, bench, failureOf, host, hostFacts, user } from './harness.ts';
import { rawServer } from './raw-server.ts';

describe('a login by password', () => {
  test('that is wrong is tried once, so that no account is locked out', async () => {
    const attempts: string[] = [];
    const world = await bench();
    const server = await rawServer({
      onLogin(attempt) {
        attempts.push(attempt.method);
        attempt.reject(['password', 'keyboard-interactive']);
      },
    });
    await world.know(server.port, server.knownHostsLine(host));
    const login = await byPassword(world, 'wrong');
    expect(await failureOf(world.inspect({}, { login }))).toEqual({
      code: 'LOGIN_REFUSED',
      subject: host,
      message: `${host} refused the login of ${user} (it takes password, keyboard-interactive)`,
    });
    expect(attempts).toEqual(['none', 'password']);
  });

  test('is not sent to a host that takes keys alone', async () => {
    const world = await bench();
    const server = await world.start();
    const login = await byPassword(world, 'right');
    expect((await failureOf(world.inspect({}, { login }))).message).toBe(
      `${host} refused the login of ${user} (it takes publickey)`,
    );
    expect(server.counts.sessions).toBe(0);
  });

  test('is not sent to a host with another key', async () => {
    const world = await bench();
    const attempts: string[] = [];
    const server = await rawServer({ onLogin: (attempt) => attempts.push(attempt.method) });
    await world.know(server.port, '');
    const login = await byPassword(world, 'right');
    expect(await failureOf(world.inspect({}, { login }))).toMatchObject({ code: 'HOST_KEY_UNKNOWN' });
    expect(attempts).toEqual([]);
  });

  test.each([
    [
      'two prompts',
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Code: ', echo: false },
      ],
      ['', ''],
    ],
    ['a prompt that shows what is typed', [{ prompt: 'Name: ', echo: true }], ['']],
  ])('gives no answer to %s', async (_, prompts, expected) => {
    const answers: string[][] = [];
    const world = await bench();
    const server = await rawServer({
      onLogin(attempt: AuthContext) {
        if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
        (attempt as KeyboardAuthContext).prompt(prompts, (given) => {
          answers.push(given);
          attempt.reject(['keyboard-interactive']);
        });
      },
    });
    await world.know(server.port, server.knownHostsLine(host));
    const login = await byPassword(world, 'right');
    expect(await failureOf(world.inspect({}, { login }))).toMatchObject({ code: 'LOGIN_REFUSED' });
    expect(answers).toEqual([expected]);
  });

  test.each([['password'], ['keyboard-interactive']] as const)('is let in by %s', async (way) => {
    const world = await bench();
    await world.start({ users: [{ name: user, password: 'pä55 "word"', asks: [way] }] });
    expect(await world.inspect({}, { login: await byPassword(world, 'pä55 "word"') })).toEqual(hostFacts);
  });
});

const lacksAgent = existsSync('/usr/bin/ssh-agent') ? null : 'no ssh-agent';

describe.skipIf(lacksAgent)(`a login by agent${lacksAgent ? ` (skipped: ${lacksAgent})` : ''}`, () => {
  test('that does not answer is named, and no connection is made', async () => {
    const world = await bench();
    const server = await world.start();
    const agent = `${world.settings.privateKeyFile}.socket`;
    expect(await failureOf(world.inspect({}, { login: byAgent(world, agent) }))).toEqual({
      code: 'SSH_LOGIN_UNUSABLE',
      subject: 'powershell.agent',
      message: `powershell.agent: ${agent} does not answer (Failed to connect to agent)`,
    });
    expect(server.counts.connections).toBe(0);
  });

  test('that holds no key is named; with the key it is let in', async () => {
    const world = await bench();
    await world.start();
    const agent = await startAgent(world);
    const login = byAgent(world, agent);
    expect(await failureOf(world.inspect({}, { login }))).toMatchObject({
      code: 'SSH_LOGIN_UNUSABLE',
      message: `powershell.agent: ${agent} holds no key: add one with ssh-add`,
    });
    const env = { ...process.env, SSH_AUTH_SOCK: agent };
    await promisify(execFile)('ssh-add', ['-q', world.settings.privateKeyFile], { env });
    expect(await world.inspect({}, { login })).toEqual(hostFacts);
  });
});

async function byPassword({ settings }: Bench, password: string): Promise<SshSettings> {
  const file = `${settings.privateKeyFile}.password`;
  await writeFile(file, password);
  const { knownHostsFile } = settings;
  return { transport: 'ssh', user, password: { file }, knownHostsFile, credential: null };
}

function byAgent({ settings: { knownHostsFile } }: Bench, agent: string): SshSettings {
  return { transport: 'ssh', user, agent, knownHostsFile, credential: null };
}

async function startAgent({ settings }: Bench): Promise<string> {
  const socket = `${settings.privateKeyFile}.agent`;
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(async () => {
    agent.kill();
    await once(agent, 'exit');
  });
  // It says where it listens once it does.
  await once(agent.stdout, 'data');
  return socket;
}
