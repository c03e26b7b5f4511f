import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readHostLines, readHostsFile } from '../../../src/cli/options/hosts-file.ts';
import { addPlanOptions, type PlanOptions, requestOf } from '../../../src/cli/options/plan-options.ts';
import { weekdays } from '../../../src/domain/plan/plan.ts';
import { parseCheck } from '../../../src/plan/checks.ts';
import { parseGroup } from '../../../src/plan/groups.ts';
import { parseWindow } from '../../../src/plan/windows.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-hosts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const week = [...weekdays];

describe('a maintenance window', () => {
  test.each([
    '',
    'sat 22:00 Europe/Zurich',
    'sat 22:00-04:00',
    'sat 22.00-04.00 Europe/Zurich',
    'sat 22:00-04:00 Europe/Zurich daily',
  ])('is not written as "%s".', (text) => {
    expect(() => parseWindow(text)).toThrow(
      new RangeError(`"${text}" is no maintenance window: write it as "sat,sun 22:00-04:00 Europe/Zurich"`),
    );
  });

  test.each(['saturday', 'sat-', 'sat-sun-mon', '-'])('opens on no weekday "%s".', (day) => {
    expect(() => parseWindow(`${day} 22:00-04:00 UTC`)).toThrow(
      `"${day}" in "${day} 22:00-04:00 UTC" is no weekday`,
    );
  });

  test.each([
    ['sat,sun 22:00-04:00 Europe/Zurich', ['sat', 'sun'], '22:00', '04:00', 'Europe/Zurich'],
    ['  Mon-Fri  9:00 - 10:30  UTC ', ['mon', 'tue', 'wed', 'thu', 'fri'], '09:00', '10:30', 'UTC'],
    ['fri-mon,wed 00:00-24:00 UTC', ['fri', 'sat', 'sun', 'mon', 'wed'], '00:00', '24:00', 'UTC'],
    ['22:00-04:00 America/New_York', [], '22:00', '04:00', 'America/New_York'],
    ['mon-sun 01:00-02:00 UTC', week, '01:00', '02:00', 'UTC'],
  ])('may be written as "%s".', (text, days, from, to, timeZone) => {
    expect(parseWindow(text)).toEqual({ days, from, to, timeZone });
  });
});

describe('a health check', () => {
  test.each(['', '8080', 'tcp:', 'tcp:http', 'ping', 'script:', 'ftp://x/'])(
    'is not written as "%s".',
    (text) => {
      expect(() => parseCheck(text)).toThrow(
        new RangeError(
          `"${text}" is no check: write it as tcp:8080, http://localhost/health=200 or script:C:\\Checks\\web.ps1`,
        ),
      );
    },
  );

  test.each([
    ['tcp:8080', { kind: 'tcp', port: 8080 }],
    ['script:C:\\Program Files\\a=b.ps1', { kind: 'script', path: 'C:\\Program Files\\a=b.ps1' }],
    ['http://localhost/health', { kind: 'http', url: 'http://localhost/health', status: 200 }],
    ['HTTPS://[::1]:8443/=204', { kind: 'http', url: 'HTTPS://[::1]:8443/', status: 204 }],
    ['http://localhost/?code=204', { kind: 'http', url: 'http://localhost/?code=204', status: 200 }],
    ['http://localhost/?code=204=302', { kind: 'http', url: 'http://localhost/?code=204', status: 302 }],
    ['http://localhost/?a=1&b=204', { kind: 'http', url: 'http://localhost/?a=1&b=204', status: 200 }],
    ['http://localhost/?a=1&b=2=204', { kind: 'http', url: 'http://localhost/?a=1&b=2', status: 204 }],
  ])('may be written as %s.', (text, check) => {
    expect(parseCheck(text)).toEqual(check);
  });
});

test('a group needs a name and hosts.', () => {
  for (const text of ['farm', '=web01', 'farm=', 'farm= , ']) {
    expect(() => parseGroup(text)).toThrow(
      `"${text}" is no group: write it as farm=web01.contoso.com,web02.contoso.com`,
    );
  }
  expect(parseGroup('farm = web01, web02')).toEqual({ name: 'farm', hosts: ['web01', 'web02'] });
});

describe('a hosts file', () => {
  async function read(content: string) {
    await writeFile(join(folder, 'hosts.txt'), content);
    return await readHostLines({ folder }, 'hosts.txt');
  }

  test('that is not there, or has a line that nobody understands, is refused with the line.', async () => {
    await expect(readHostLines({ folder }, 'none.txt')).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: `--hosts-file: ${join(folder, 'none.txt')} cannot be read (ENOENT)`,
    });
    for (const [line, why] of [
      ['web01 web02', '"web02" is neither group=NAME nor check=WHAT; one host goes on one line'],
      ['group=farm web01', 'invalid host name "group=farm": each line must start with a host name'],
      ['"" group=farm', 'invalid host name "": each line must start with a host name'],
      ['web01 group=', '"group=" is neither group=NAME nor check=WHAT; one host goes on one line'],
      ['web01 group=a group=b', 'a host is in one group at most'],
      ['web01 check="script:C:\\x', 'a quote is opened and not closed'],
      [
        'web01 check=8080',
        '"8080" is no check: write it as tcp:8080, http://localhost/health=200 or script:C:\\Checks\\web.ps1',
      ],
    ]) {
      await expect(read(`# hosts\n${line}\n`)).rejects.toMatchObject({
        code: 'ARGUMENT_INVALID',
        message: `--hosts-file hosts.txt, line 2: ${why}`,
      });
    }
  });

  test('has one host a line with its group and checks; quotes keep blanks and # in a path.', async () => {
    const lines = [
      '\uFEFF# the farm',
      'web01.contoso.com group=farm check=tcp:8080 check="script:C:\\Program Files\\#1.ps1"# first',
      '',
      '\tWEB02.contoso.com\tgroup=farm # second',
      'db01.contoso.com',
    ];
    expect(await read(lines.join('\r\n'))).toEqual([
      {
        name: 'web01.contoso.com',
        group: 'farm',
        checks: [
          { kind: 'tcp', port: 8080 },
          { kind: 'script', path: 'C:\\Program Files\\#1.ps1' },
        ],
      },
      { name: 'WEB02.contoso.com', group: 'farm', checks: [] },
      { name: 'db01.contoso.com', group: null, checks: [] },
    ]);
    expect(await readHostsFile({ folder }, 'hosts.txt')).toEqual([
      'web01.contoso.com',
      'WEB02.contoso.com',
      'db01.contoso.com',
    ]);
    expect(await readHostLines({ folder }, undefined)).toEqual([]);
  });

  test('of any text is read or refused by name, and never anything else.', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', '"', '#', ' ', '=', '\n', 'group=', 'check=tcp:1') }),
        async (text) => {
          const outcome = await read(text).catch((error) => error);
          if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'ARGUMENT_INVALID' });
          else
            expect(outcome.every(({ name }: { name: string }) => name !== '' && !/[\s"#=]/.test(name))).toBe(
              true,
            );
        },
      ),
    );
  });
});

describe('the options of dmsa plan', () => {
  function parsed(...args: string[]): PlanOptions {
    const command = addPlanOptions(new Command().exitOverride(), { saves: true });
    command.configureOutput({ writeErr: () => undefined });
    return command.parse(['--dmsa', 'dmsa-web', ...args], { from: 'user' }).opts<PlanOptions>();
  }

  test('that cannot be read are wrong usage, with how they are written.', () => {
    for (const [option, value, message] of [
      ['--check', 'ping', '"ping" is no check: write it as tcp:8080'],
      ['--window', 'sat', '"sat" is no maintenance window: write it as'],
      ['--group', 'farm', '"farm" is no group: write it as'],
      ['--check-pause', 'soon', 'Write a duration such as 10s or 1m.'],
      ['--max-failures', 'few', 'Write a whole number.'],
      ['--reboot', 'always', 'Allowed choices are when-pending, after-policy.'],
    ] as const) {
      expect(() => parsed(option, value)).toThrow(message);
    }
  });

  test('become a request, together with what a hosts file says of its hosts.', () => {
    const options = parsed(
      ...['--host', 'web01.lab.example', '--host', 'web02.lab.example', '--canary', '2', '--bake', '1h'],
      ...['--max-unavailable', '3', '--max-failures', '1', '--reboot', 'when-pending', '--restore-event-log'],
      ...['--window', 'sat 22:00-04:00 Europe/Zurich', '--window', '01:00-02:00 UTC'],
      ...['--group', 'farm=WEB01.lab.example,web02.lab.example', '--group', 'cluster=db01.lab.example'],
      ...['--check', 'tcp:8080', '--check-attempts', '3', '--check-pause', '1m'],
    );
    const script = { kind: 'script' as const, path: 'C:\\x.ps1' };
    const lines = [
      { name: 'WEB03.lab.example', group: 'farm', checks: [script] },
      { name: 'db01.lab.example', group: null, checks: [] },
    ];
    const tries = { attempts: 3, everySeconds: 60 };
    expect(requestOf('svc-web', options, lines, 'LAB\\rosa')).toMatchObject({
      hosts: ['web01.lab.example', 'web02.lab.example', 'web03.lab.example', 'db01.lab.example'],
      requestedBy: 'LAB\\rosa',
      canary: 2,
      bake: '1h',
      maxUnavailable: 3,
      maxFailures: 1,
      reboot: 'when-pending',
      restoreEventLog: true,
      windows: [
        { days: ['sat'], from: '22:00', to: '04:00', timeZone: 'Europe/Zurich' },
        { days: [], from: '01:00', to: '02:00', timeZone: 'UTC' },
      ],
      groups: [
        { name: 'farm', hosts: ['web01.lab.example', 'web02.lab.example', 'web03.lab.example'] },
        { name: 'cluster', hosts: ['db01.lab.example'] },
      ],
      checks: [{ kind: 'tcp', port: 8080, ...tries }],
      hostChecks: [{ host: 'web03.lab.example', checks: [{ ...script, ...tries }] }],
    });
  });
});
