import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/bin/run.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import type { Settings } from '../../src/config/settings.ts';
import { errorKinds } from '../../src/domain/errors/errors.ts';
import { finding } from '../../src/domain/findings/findings.ts';
import { migrationId } from '../../src/domain/plan/plan.ts';
import type { PlanningResult } from '../../src/plan/make-plan.ts';
import type { PlanRequest } from '../../src/plan/request.ts';
import { parseSavedPlan } from '../../src/plan/saved.ts';
import { type FakeIo, type FakeOptions, fakeIo } from './fake-io.ts';
import { before, plan } from './fixtures.ts';

const settings = `
[directory]
urls = ["ldaps://dc1.lab.example"]
user = "reader"
password-env = "READER"
[management]
host = "mgmt.lab.example"
[powershell]
user = "admin"
private-key-file = "id"
known-hosts-file = "known_hosts"
`;

let folder: string;
let asked: PlanRequest[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dmsa-cli-'));
  asked = [];
  await writeFile(join(folder, 'dmsa.toml'), settings);
});
afterEach(() => rm(folder, { recursive: true }));

function unused(): never {
  throw new Error('this command was not to be run');
}

function assembly(changes: Partial<Assembly> = {}): Assembly {
  return {
    connect: unused,
    plan: unused,
    requireUndrifted: async () => undefined,
    audit: unused,
    discover: unused,
    principal: unused,
    diagnose: unused,
    findControllers: unused,
    reports: unused,
    runningAccounts: unused,
    scenarios: unused,
    worker: unused,
    lab: unused,
    codecServer: unused,
    keys: unused,
    demo: unused,
    ...changes,
  };
}

async function dmsa(
  args: string[],
  changes: Partial<Assembly> = {},
  options: FakeOptions = {},
): Promise<{ exitCode: number; io: FakeIo }> {
  const io = fakeIo({ folder, ...options });
  const exitCode = await run(args, io, assembly(changes));
  return { exitCode, io };
}

const planning = (planned: Partial<PlanningResult> = {}): Partial<Assembly> => ({
  async plan(request) {
    asked.push(request);
    return { migrationId: migrationId(plan), plan, findings: [], facts: before, ...planned };
  },
});
const planArgs = [
  'plan',
  'svc-web',
  '--dmsa',
  'dmsa-web',
  '--host',
  'web01.lab.example',
  '--by',
  'LAB\\rosa',
];

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

describe('dmsa plan', () => {
  test('refuses bad fields before anything is read.', async () => {
    for (const [args, message] of [
      [['plan', 'svc', '--dmsa', 'dmsa-web'], 'hosts: there are no hosts: name at least one with --host'],
      [
        [...planArgs, '--host', 'WEB01.lab.example'],
        'hosts[1]: the host web01.lab.example is listed twice: list it once',
      ],
      [
        [...planArgs, '--observe=-1d'],
        'observe: "-1d" is not a duration: write 10s, 10m, 10h or 14d, never negative',
      ],
      [[...planArgs, '--required', '0'], 'required: must be at least 1'],
    ] as const) {
      const { exitCode, io } = await dmsa([...args], planning());
      expect(exitCode).toBe(2);
      expect(io.stderr()).toContain(`ARGUMENT_INVALID: ${message} (fix: `);
    }
    expect(asked).toEqual([]);
  });

  test('is blocked by a finding: it is shown with its fix, nothing is saved, and the exit code is 2.', async () => {
    const tooOld = finding('HOST_TOO_OLD', 'web01.lab.example', 'build 20348');
    const { exitCode, io } = await dmsa(
      [...planArgs, '--out', 'plan.json'],
      planning({ plan: null, findings: [tooOld] }),
    );
    expect(exitCode).toBe(2);
    expect(io.stdout()).toBe('');
    expect(io.stderr()).toContain(
      '  block HOST_TOO_OLD web01.lab.example\n        build 20348\n        fix: Upgrade',
    );
    expect(io.stderr().trimEnd().split('\n').at(-1)).toMatch(
      /^PREFLIGHT_BLOCKED: blocked by HOST_TOO_OLD web01\.lab\.example \(fix: /,
    );
    await expect(readFile(join(folder, 'plan.json'))).rejects.toThrow('ENOENT');
  });

  test('needs settings, and says which is missing.', async () => {
    await writeFile(join(folder, 'dmsa.toml'), settings.replace('user = "admin"', ''));
    const { exitCode, io } = await dmsa(planArgs, planning());
    expect(exitCode).toBe(2);
    expect(io.stderr()).toContain('dmsa.toml: [powershell] user: is missing');
  });

  test('makes a request of the flags and saves a plan that start reads back.', async () => {
    await writeFile(
      join(folder, 'hosts.txt'),
      '# the rest\nweb02.lab.example # rack 2\n\nWEB03.lab.example\n',
    );
    const { exitCode, io } = await dmsa(
      [
        ...planArgs,
        ...['--hosts-file', 'hosts.txt', '--out', 'plan.json', '--observe', '14d', '--approver', 'LAB\\ann'],
        ...['--complete-approver', 'LAB\\bob', '--on-expiry', 'undo', '--no-event-log'],
        ...['--wait-for-kds', '--no-notify'],
      ],
      planning(),
    );
    expect(io.stderr()).toBe('');
    expect(exitCode).toBe(0);
    expect(asked).toEqual([
      {
        account: 'svc-web',
        dmsa: 'dmsa-web',
        hosts: ['web01.lab.example', 'web02.lab.example', 'web03.lab.example'],
        requestedBy: 'LAB\\rosa',
        observe: '14d',
        soak: '1d',
        join: '15m',
        checkEvery: '10h',
        approvers: {
          start: ['LAB\\ann'],
          complete: ['LAB\\ann', 'LAB\\bob'],
          wave: ['LAB\\ann'],
          soak: ['LAB\\ann'],
        },
        waveGate: false,
        soakGate: false,
        approverKeys: [],
        required: 1,
        expiresAfter: '7d',
        onExpiry: 'undo',
        canary: 1,
        maxParallel: 5,
        serviceTimeout: '2m',
        groups: [],
        checks: [],
        hostChecks: [],
        enableEventLog: false,
        restoreEventLog: false,
        waitForKds: true,
        notify: false,
      },
    ]);
    const saved = parseSavedPlan(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')));
    expect(saved).toEqual({ plan, seen: JSON.parse(JSON.stringify(before)) });
    expect(io.stdout()).toContain(`Saved as ${join(folder, 'plan.json')}: dmsa start plan.json`);
  });

  test('as JSON prints one object.', async () => {
    const { io } = await dmsa([...planArgs, '-o', 'json'], planning());
    expect(JSON.parse(io.stdout())).toEqual({
      plan,
      findings: [],
      facts: JSON.parse(JSON.stringify(before)),
      steps: expect.arrayContaining([expect.objectContaining({ step: 'link', title: 'Link' })]),
      out: null,
    });
  });
});

test('a scenario that there is not is refused with the one that was meant.', async () => {
  const io = fakeIo({ folder });
  expect(await run(['demo', '--scenario', 'hapyp'], io)).toBe(2);
  expect(io.stderr()).toContain('--scenario: "hapyp" is none of happy, ');
  expect(io.stderr()).toContain('(fix: Did you mean happy? ');
  expect(await run(['demo', '--scenario', 'constructor'], fakeIo({ folder }))).toBe(2);
});

test('an error that nobody foresaw is one line without a stack, and exit code 1.', async () => {
  const { exitCode, io } = await dmsa(planArgs, {
    plan: () => Promise.reject(new TypeError('x is\nnot a function')),
  });
  expect(exitCode).toBe(1);
  expect(io.stderr()).toBe(`UNEXPECTED: x is not a function (fix: ${errorKinds.UNEXPECTED.fix})\n`);
});

test('the worker gets the settings and ends when it is asked to.', async () => {
  const started: Settings[] = [];
  const io = fakeIo({ folder });
  const exitCode = await run(
    ['worker', '--set', 'worker.task-queue=mine'],
    io,
    assembly({
      async worker({ settings, signal, onReady }) {
        started.push(settings);
        onReady('127.0.0.1:7233');
        const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
        io.interrupt();
        await ended;
      },
    }),
  );
  expect(exitCode).toBe(0);
  expect(started[0]!.worker.taskQueue).toBe('mine');
  expect(JSON.parse(io.stderr())).toMatchObject({
    level: 'info',
    msg: 'the worker takes work',
    taskQueue: 'mine',
  });
  expect(io.stdout()).toBe('The worker has ended.\n');
});

test.each([
  ['without a word, nowhere', [], null],
  ['at its own port', ['--metrics'], '127.0.0.1:9464'],
  ['where it is told to', ['--metrics', '0.0.0.0:1234'], '0.0.0.0:1234'],
  ['where the settings say', ['--set', 'worker.metrics=[::1]:99'], '[::1]:99'],
  ['where the settings say, asked again', ['--set', 'worker.metrics=[::1]:99', '--metrics'], '[::1]:99'],
  [
    'where it is told to over the settings',
    ['--set', 'worker.metrics=1.1.1.1:9', '--metrics', '2.2.2.2:8'],
    '2.2.2.2:8',
  ],
])('the worker answers for its metrics %s', async (_where, args, expected) => {
  const asked: unknown[] = [];
  const worker: Assembly['worker'] = async ({ metrics }) => void asked.push(metrics);
  expect(await run(['worker', ...args], fakeIo({ folder }), assembly({ worker }))).toBe(0);
  expect(asked).toEqual([expected]);
});

test('an address for metrics that is none is refused.', async () => {
  for (const args of [
    ['--metrics', 'localhost'],
    ['--metrics', '9464'],
  ]) {
    const io = fakeIo({ folder });
    expect(await run(['worker', ...args], io, assembly({}))).toBe(2);
    expect(io.stderr()).toContain('127.0.0.1:9464');
  }
  const io = fakeIo({ folder });
  expect(await run(['worker', '--set', 'worker.metrics=localhost'], io, assembly({}))).toBe(2);
  expect(io.stderr()).toContain('metrics = "127.0.0.1:9464"');
});

test('the lab prints a dmsa.toml alone, or writes it where it is told to.', async () => {
  const lab: Assembly['lab'] = async ({ onReady }) => {
    await onReady({
      directory: { urls: ['ldaps://127.0.0.1:1'], caFile: '/ca', user: 'u', password: { file: '/p' } },
      management: { host: 'm' },
      powershell: {
        transport: 'ssh',
        user: 'u',
        privateKeyFile: '/k',
        passphrase: null,
        knownHostsFile: '/h',
        credential: null,
      },
      hosts: {},
      worker: { taskQueue: 'dmsa' },
      records: { folder: '/r' },
    });
  };
  const printed = await dmsa(['lab'], { lab });
  await writeFile(join(folder, 'printed.toml'), printed.io.stdout());
  const planned = await dmsa([...planArgs, '--config', 'printed.toml'], planning());
  expect(planned.exitCode).toBe(0);
  await dmsa(['lab', '--out', 'lab.toml'], { lab });
  expect(await readFile(join(folder, 'lab.toml'), 'utf8')).toBe(printed.io.stdout());
});

test('the demo gets its scenario, and its exit code is that of the command.', async () => {
  const seen: unknown[] = [];
  const demo: Assembly['demo'] = async (_, options) => {
    seen.push(options);
    return 3;
  };
  expect((await dmsa(['demo', '--scenario', 'rejected', '--directory', 'samba'], { demo })).exitCode).toBe(3);
  expect((await dmsa(['demo', '--list'], { demo })).exitCode).toBe(3);
  expect(seen).toEqual([
    { scenario: 'rejected', directory: 'samba', list: false },
    { scenario: 'happy', directory: 'lab', list: true },
  ]);
});
