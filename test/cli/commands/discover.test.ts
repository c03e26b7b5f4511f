import { describe, expect, test } from 'vitest';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { columns } from '../../../src/cli/view/text.ts';
import { everyUse, inventoryOf, service } from '../../discover/inventories.ts';
import { type Answers, discover, domainWith, three } from './discovering.ts';

describe('refused, with exit code 2 and before any host is asked', () => {
  test.each([
    [
      [],
      'ARGUMENT_INVALID: hosts: there are no hosts: name them with --host, --hosts-file, --ou or --all-servers',
    ],
    [['--host', 'fin01'], 'ARGUMENT_INVALID: --host: "fin01" is not a full DNS name in lower case'],
    [['--hosts-file', 'none.txt'], 'FILE_UNREADABLE: --hosts-file: '],
    [
      ['--all-servers', '--out', 'p.json'],
      'ARGUMENT_INVALID: --out: it is about a plan: name the dMSA with --dmsa',
    ],
    [
      ['--all-servers', '--dmsa', 'a-name-of-16-char'],
      'ARGUMENT_INVALID: --dmsa: "a-name-of-16-char" has 17',
    ],
    [['--all-servers', '--parallel', '0'], 'USAGE: '],
  ])('%s', async (args, line) => {
    const domain = await domainWith(three());
    const { exitCode, out, err } = await discover(domain, args);
    expect([exitCode, out, err.slice(0, line.length)]).toEqual([2, '', line]);
  });
});

describe('the answer', () => {
  test('of three hosts has a row for each that uses the account, and the command that plans for them', async () => {
    const { exitCode, out, err } = await discover(await domainWith(three()), ['--all-servers']);
    expect({ exitCode, err, lines: out.split('\n') }).toEqual({
      exitCode: 0,
      err: '',
      lines: [
        'HOST               SVC  TASK  BUILD  POLICY  LOG  VERDICT',
        'fin01.lab.example  1/1        26100  absent  off  ready',
        '    service Api: Running, Auto, as LAB\\svc-finance',
        'fin02.lab.example  1/1  1     26100  absent  off  ready',
        '    service Batch: Running, Auto, as LAB\\svc-finance',
        '    task \\Finance\\Nightly: Ready, as svc-finance@lab.example',
        '',
        'Left out, domain controllers (1): dc1.lab.example',
        '1 host without any use of the account: --all shows them',
        'lab.example: svc-finance is used on 2 of 3 hosts, read 2025-06-01 08:00:00 UTC: 2 ready, 0 warn, 0 block, 0 unasked, 1 unused',
        '',
        'Plan them: dmsa plan svc-finance --dmsa NAME --host fin01.lab.example --host fin02.lab.example',
        '',
      ],
    });
  });

  test('with --all shows also those that do not use it', async () => {
    const { out } = await discover(await domainWith(three()), ['--all-servers', '--all']);
    expect(out).toContain('idle.lab.example              26100  absent  off  unused\n');
    expect(out).not.toContain('--all shows them');
  });

  test('names each obstacle once with its hosts and its fix, and ends with 5', async () => {
    const answers: Answers = { ok: inventoryOf({ services: [service('Api')] }), locked: null };
    for (let index = 1; index <= 9; index++) {
      answers[`old${index}`] = inventoryOf({ build: 20348, services: [service('Api')] });
    }
    const { exitCode, out } = await discover(await domainWith(answers), ['--all-servers']);
    expect(exitCode).toBe(5);
    expect(out).toContain(
      ['What stands in the way', '  unasked LOGIN_REFUSED', '          locked.lab.example'].join('\n'),
    );
    expect(out).toContain(
      [
        '  block   HOST_TOO_OLD',
        '          old1.lab.example, old2.lab.example, old3.lab.example, old4.lab.example, old5.lab.example, and 4 more',
        '          fix: Upgrade the host to Windows Server 2025 or Windows 11 24H2.',
      ].join('\n'),
    );
    expect(out).toContain('locked.lab.example  LOGIN_REFUSED: locked.lab.example: the login is refused\n');
    expect(out).toContain('then dmsa plan svc-finance --dmsa NAME --hosts-file hosts.txt\n');
  });

  test.each([80, 120])(
    'on a terminal of %i columns no line is longer, and no name is obeyed',
    async (width) => {
      const answers: Answers = {
        [`a-host-with-${'a-long-name-'.repeat(3)}1`]: inventoryOf({
          ...everyUse(),
          build: 20348,
          domain: 'other.example',
          rebootPending: true,
          clock: '2025-06-01T09:00:00.000Z',
          policyFrom: { gpo: 'Servers\u202e\u001b[31m', value: 1 },
          services: [service(`Evil\u001b]0;x\u0007${'very '.repeat(40)}`)],
        }),
        locked: null,
      };
      const domain = await domainWith(answers);
      const { out } = await discover(domain, ['--all-servers', '--color', 'never'], { answer: '', width });
      const [body, next] = out.split('\n\nPlan them: ');
      expect(body!.split('\n').filter((line) => columns(line) > width)).toEqual([]);
      expect(body!.split('\n')[0]).toMatch(
        /^HOST +SVC +TASK +POOL +COM\+ +PROC +BUILD +POLICY +LOG +REBOOT +CLOCK +VERDICT$/,
      );
      expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(next).toMatch(/^dmsa plan svc-finance --dmsa NAME --host a-host-with-/);
    },
  );

  test('as JSON is one object, whatever is told meanwhile', async () => {
    const { exitCode, out, err } = await discover(await domainWith(three()), ['--all-servers', '-o', 'json']);
    expect([exitCode, err, out.split('\n').length]).toEqual([0, '', 2]);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      planned: ['fin01.lab.example', 'fin02.lab.example'],
      planCommand: 'dmsa plan svc-finance --dmsa NAME --host fin01.lab.example --host fin02.lab.example',
      plan: null,
      error: null,
    });
  });

  test('as CSV is rows alone', async () => {
    const { exitCode, out } = await discover(await domainWith(three()), ['--all-servers', '-o', 'csv']);
    expect([exitCode, out.split('\r\n').length]).toEqual([0, 6]);
  });
});

describe('progress', () => {
  const many = () =>
    Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`h${index + 10}`, inventoryOf()]));

  test('in a pipe is a line for each tenth of many hosts', async () => {
    const { err } = await discover(await domainWith(many()), ['--all-servers']);
    const lines = err.trimEnd().split('\n');
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([
      11,
      'asked 0 of 40 hosts: 0 use the account',
      'asked 40 of 40 hosts: 0 use the account',
    ]);
  });

  test('on a terminal is one line in place, which is taken away', async () => {
    const { err } = await discover(await domainWith(three()), ['--all-servers'], { answer: '' });
    expect(err.split('\r\u001b[2K').filter((text) => text !== '')).toEqual([
      'asked 0 of 3 hosts: 0 use the account',
      'asked 1 of 3 hosts: 1 use the account',
      'asked 2 of 3 hosts: 2 use the account',
      'asked 3 of 3 hosts: 2 use the account',
    ]);
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
  });

  test('Ctrl-C prints what was found until then, makes no plan, and ends with 130', async () => {
    const domain = await domainWith(three());
    let interrupt: () => void = () => expect.unreachable();
    const ended: Assembly = {
      ...domain.assembly,
      plan: () => expect.unreachable(),
      discover: (request, settings) => {
        const onProgress: typeof request.onProgress = (progress) => {
          request.onProgress(progress);
          if (progress.done === 1) interrupt();
        };
        return domain.assembly.discover({ ...request, onProgress }, settings);
      },
    };
    const { exitCode, out, err } = await discover(
      { ...domain, assembly: ended },
      ['--all-servers', '--parallel', '1', '--dmsa', 'dmsa-finance'],
      { onIo: (io) => (interrupt = io.interrupt) },
    );
    expect([exitCode, err]).toEqual([130, 'interrupted\n']);
    expect(out).toContain('fin01.lab.example  1/1');
    expect(out).not.toContain('Plan them');
    expect(out).toContain('Interrupted: 2 hosts not asked: fin02.lab.example, idle.lab.example\n');
  });
});
