import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorKinds } from '../../src/domain/errors/errors.ts';
import { plan } from '../domain/migration/sample-status.ts';
import { dmsa, folder, planArgs, useFolder } from './dmsa.ts';

useFolder();

describe('what is typed wrong', () => {
  test.each([
    [['plna'], "USAGE: unknown command 'plna' (fix: Did you mean plan? dmsa --help)\n"],
    [['start'], "USAGE: missing required argument 'plan' (fix: dmsa start --help)\n"],
    [
      ['list', 'x'],
      "USAGE: too many arguments for 'list'. Expected 0 arguments but got 1: x. (fix: dmsa list --help)\n",
    ],
    [
      ['status', 'a', '--wacth'],
      "USAGE: unknown option '--wacth' (fix: Did you mean --watch? dmsa status --help)\n",
    ],
    [
      ['list', '-o', 'jsn'],
      "USAGE: option '-o, --output <format>' argument 'jsn' is invalid. Allowed choices are text, json. (fix: Did you mean json? dmsa list --help)\n",
    ],
    [
      ['list', '-o', 'xml'],
      "USAGE: option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are text, json. (fix: dmsa list --help)\n",
    ],
    [
      ['plan', 'svc', '--dmsa', 'd', '--canary', 'one'],
      "USAGE: option '--canary <number>' argument 'one' is invalid. Write a whole number. (fix: dmsa plan --help)\n",
    ],
    [
      ['list', '--set', 'level'],
      "USAGE: option '--set <section.key=value>' argument 'level' is invalid. Write section.key=value. (fix: dmsa list --help)\n",
    ],
  ])('%j is one line on standard error and exit code 2.', async (args, line) => {
    const { exitCode, io } = await dmsa(args);
    expect({ exitCode, out: io.stdout(), err: io.stderr() }).toEqual({ exitCode: 2, out: '', err: line });
  });
});

describe('dmsa start', () => {
  test.each([
    ['a file that is not there', null, 'FILE_UNREADABLE', 'plan.json: the plan cannot be read (ENOENT)'],
    ['a file that is not JSON', 'plan: 1', 'PLAN_INVALID', 'plan.json: this is not JSON'],
    [
      'a plan of another version',
      '{"version":7}',
      'PLAN_INVALID',
      'version: this program reads plans of version 1, not 7: make the plan again with dmsa plan',
    ],
  ] as const)('refuses %s without connecting anywhere.', async (_, content, code, message) => {
    if (content !== null) await writeFile(join(folder, 'plan.json'), content);
    const { exitCode, io } = await dmsa(['start', 'plan.json']);
    expect(exitCode).toBe(2);
    expect(io.stdout()).toBe('');
    expect(io.stderr()).toBe(
      `${code}: ${message} (fix: ${content === null ? 'To plan an account and start it, give --dmsa. ' : ''}${errorKinds[code].fix})\n`,
    );
  });

  test('refuses a plan that was edited, from standard input too; as JSON the error is one object.', async () => {
    const edited = JSON.stringify({ ...plan, requestedBy: 'LAB\\eve' });
    const { exitCode, io } = await dmsa(['start', '-', '-o', 'json'], {}, { stdin: edited });
    expect(exitCode).toBe(2);
    expect(io.stderr()).toMatch(/^PLAN_EDITED: hash: .* \(fix: Make it again with dmsa plan\.\)\n$/);
    expect(JSON.parse(io.stdout())).toEqual({
      error: { code: 'PLAN_EDITED', message: expect.any(String), fix: 'Make it again with dmsa plan.' },
    });
  });
});

test('an error that nobody foresaw is one line without a stack, and exit code 1.', async () => {
  const { exitCode, io } = await dmsa(planArgs, {
    plan: () => Promise.reject(new TypeError('x is\nnot a function')),
  });
  expect(exitCode).toBe(1);
  expect(io.stderr()).toBe(`UNEXPECTED: x is not a function (fix: ${errorKinds.UNEXPECTED.fix})\n`);
});
