import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { readHostLines, readHostsFile } from '../../../src/cli/options/hosts-file.ts';
import { addPlanOptions, type PlanOptions, requestOf } from '../../../src/cli/options/plan-options.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-hosts-'));
});
afterEach(() => rm(folder, { recursive: true }));

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
